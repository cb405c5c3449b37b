# Sourced by a script that is called with a PROGRAM: runs it again where it may mount disks for itself alone, with $program and
# a $folder to mount them on. Needs root; otherwise ends with 77, skipped.
program=$1
if [ $# = 1 ]; then
    if [ "$(id -u)" != 0 ] || ! unshare --mount sh -c 'mount -t tmpfs none /mnt' 2>/dev/null; then
        echo "skipped: no right to mount a disk"
        exit 77
    fi
    folder=$(mktemp -d)
    trap 'rmdir "$folder"' EXIT
    unshare --mount sh "$0" "$program" "$folder"
    exit
fi
folder=$2
