#!/usr/bin/env bash
# Writes the digest of every image of docker/images.yml behind its name, as the registry says it now. Needs Docker with buildx and a way to the
# registry; without an answer for each the file stays as it is, for no digest is made up.
set -euo pipefail
cd "$(dirname "$0")"
file=images.yml
names=$(sed -nE 's/^ *(image|NODE_IMAGE): *([^ @]+)(@sha256:[0-9a-f]{64})?$/\2/p' "$file")
pinned=$(cat "$file")
for name in $names; do
  digest=$(docker buildx imagetools inspect "$name" --format '{{.Manifest.Digest}}') || {
    echo "No digest of $name: the registry did not answer. $file is as it was." >&2
    exit 1
  }
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "Not a digest of $name: $digest. $file is as it was." >&2; exit 1; }
  pinned=$(sed -E "s#: *$name(@sha256:[0-9a-f]{64})?\$#: $name@$digest#" <<<"$pinned")
  echo "$name@$digest"
done
printf '%s\n' "$pinned" >"$file"
