#!/bin/sh
# Puts Lockstep into your own menu and opens .lockstep files with it; nothing outside your home folder
# is touched.  "./install.sh --remove" takes it out again.  The folder stays where it is.
set -e
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/lockstep.desktop
type=$data/mime/packages/lockstep.xml
icons=$data/icons/hicolor

refresh() {
    if command -v update-desktop-database >/dev/null; then update-desktop-database "$data/applications"; fi
    if command -v update-mime-database >/dev/null; then update-mime-database "$data/mime"; fi
}

if [ "${1:-}" = --remove ]; then
    rm -f "$entry" "$type"
    rm -f "$icons"/*/apps/lockstep.svg "$icons"/*/mimetypes/application-x-lockstep.svg
    rm -f "$icons"/*/apps/lockstep.png "$icons"/*/mimetypes/application-x-lockstep.png
    refresh
    exit 0
fi
mkdir -p "$data/applications" "$data/mime/packages"
# In an Exec line the path stands in quotes; \ and the characters special there need backslashes.
quoted=$(printf '%s' "$here/lockstep" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g; s/[&|]/\\&/g')
sed "s|^Exec=.*|Exec=\"$quoted\" %f|" "$here/share/lockstep.desktop" > "$entry"
cp "$here/share/lockstep.xml" "$type"
for size in scalable 48x48 128x128 256x256; do
    picture=$here/share/lockstep-${size%x*}.png
    if [ "$size" = scalable ]; then picture=$here/share/lockstep.svg; fi
    mkdir -p "$icons/$size/apps" "$icons/$size/mimetypes"
    cp "$picture" "$icons/$size/apps/lockstep.${picture##*.}"
    cp "$picture" "$icons/$size/mimetypes/application-x-lockstep.${picture##*.}"
done
refresh
echo "Lockstep is in your menu. To take it out: $here/install.sh --remove"
