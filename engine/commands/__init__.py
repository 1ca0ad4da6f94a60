"""The commands, a module each: ``add_arguments`` names its options, ``run`` gives its exit status."""
