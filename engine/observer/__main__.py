"""``python -I -S engine/observer CONTROL_FD REPORT_FD``: becomes the guard of one run.

Reads what to run from the control pipe (``plan.Plan`` as one line of JSON).  Not for people.
"""

import os
import sys

if __name__ == "__main__":
    # -I leaves our own folder out of the path.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    from engine.observer.guard import main

    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
