#!/bin/sh
# Measures this machine's GPU with what lies beside this script: no Node, npm or Vulkan loader is needed, only the GPU's driver. Options are those of
# main.ts (`--adapter software` where there is no GPU); the result is one JSON file in ./results, and an exit status.
here=$(cd "$(dirname "$0")" && pwd)

# Libraries that the system lacks are taken from lib/, no others.
lacking=$(mktemp -d)
trap 'rm -rf "$lacking"' EXIT
for library in "$here"/lib/*.so*; do
  [ -e "$library" ] || continue
  ldconfig -p 2>/dev/null | grep -q "[[:space:]]$(basename "$library") " || ln -s "$library" "$lacking/"
done
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$lacking"

# A driver in a folder of its own, as in containers, is named to the loader.
if [ -z "$VK_DRIVER_FILES" ] && ! ls /etc/vulkan/icd.d/*.json /usr/share/vulkan/icd.d/*.json >/dev/null 2>&1; then
  for manifest in /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json /usr/local/share/vulkan/icd.d/nvidia_icd.json; do
    [ -e "$manifest" ] && export VK_DRIVER_FILES="$manifest" && break
  done
  for folder in /usr/local/nvidia/lib64 /usr/local/nvidia/lib; do
    [ -d "$folder" ] && export LD_LIBRARY_PATH="$folder:$LD_LIBRARY_PATH"
  done
fi

# The processor that plays a GPU comes with the folder.
case " $* " in *" software "*) export VK_DRIVER_FILES="$here/lib/vk_swiftshader_icd.json" ;; esac

"$here/bin/node" "$here/dist/device.js" "$@"
