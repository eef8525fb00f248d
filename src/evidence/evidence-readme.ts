/**
 * README.txt of an evidence file: what is in it, and the commands that check it without edxgate. The same
 * commands stand in docs/evidence.md; take them from there, not from a file that you doubt.
 *
 * @module
 */
import type { EvidenceFacts } from './evidence-facts.js';

/** For bash, with unzip, sha256sum, openssl and xmlsec1. */
export const CHECK_COMMANDS = `# bash check.sh FILE.zip [KEY.pem]     KEY.pem: the gateway's public key, as published by it
set -eu
zip=$(realpath "$1")
key=\${2:+$(realpath "$2")}
fail() { echo "FAILED: $*"; exit 1; }
sum() { sha256sum | cut -c 1-64; }
field() { grep -o "<$1>[^<]*</$1>" "$2" | head -n 1 | sed 's/<[^>]*>//g'; }
key_of() { grep -o '<KeyName>[0-9a-f]*</KeyName>' "$1" | tail -n 1 | cut -c 10-25; }
signed() { # XML KEY: the whole of it, by that key
  xmlsec1 --verify --enabled-reference-uris empty --pubkey-pem:"$(key_of "$1")" "$2" "$1" \\
    > /dev/null 2>&1 || fail "the signature of $1"
}

# 1. Every member is listed, each once, and is what the list says.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unzip -qn "$zip" -d "$work/file" < /dev/null || fail "the archive is damaged"
unzip -Z1 "$zip" | LC_ALL=C sort > "$work/found"
cd "$work/file"
{ cut -c 67- SHA256SUMS; printf '%s\\n' SHA256SUMS SHA256SUMS.sig; } | LC_ALL=C sort > "$work/listed"
cmp -s "$work/found" "$work/listed" || fail "members that are not listed, or listed and not there"
[ -z "$(find . ! -type f ! -type d)" ] || fail "something that is not a file"
sha256sum --check --strict --quiet SHA256SUMS || fail "a member was changed"

# 2. The list and the manifest are signed.
own=$(key_of META-INF/manifest.xml)
key=\${key:-$PWD/keys/$own.pem}
openssl dgst -sha256 -verify "$key" -signature SHA256SUMS.sig SHA256SUMS > /dev/null ||
  fail "the signature of SHA256SUMS"
signed META-INF/manifest.xml "$key"

# 3. Receipts, delivery certificates and checkpoints are signed, and speak of this message.
for one in receipt.xml deliveries/*/certificate-*.xml statuses/*.receipt.xml log/checkpoint-*.xml; do
  [ ! -e "$one" ] || signed "$one" "keys/$(key_of "$one").pem"
done
digest=$(field ContentDigest receipt.xml)
message=$(field MessageId receipt.xml)
if [ -e package.edxml ]; then
  [ "$(sum < package.edxml)" = "$digest" ] || fail "the package is not that of the receipt"
else
  echo "note: the package is not in the file; see message.json, missing"
fi
for one in deliveries/*/certificate-*.xml; do
  [ -e "$one" ] || continue
  [ "$(field ContentDigest "$one")" = "$digest" ] || fail "$one is for another package"
  [ "$(field MessageId "$one")" = "$message" ] || fail "$one is for another message"
  answer=$(field AnswerDigest "$one")
  [ -z "$answer" ] || [ "$(sum < "\${one%/*}/answer-$(field Attempt "$one").txt")" = "$answer" ] ||
    fail "$one is for another answer"
  echo "delivered to $(field ToOrganId "$one") at $(field DeliveredAt "$one")"
done
for one in statuses/*.edxml; do
  [ ! -e "$one" ] || [ ! -e "\${one%.edxml}.receipt.xml" ] ||
    [ "$(sum < "$one")" = "$(field ContentDigest "\${one%.edxml}.receipt.xml")" ] ||
    fail "$one is not that of its receipt"
done

# 4. The events of the message stand in the log that the checkpoints sign.
bytes() { printf "$(printf '%s' "$1" | sed 's/../\\\\x&/g')"; }
while read -r word value; do
  case $word in
    message) [ "$value" = "$message" ] || fail "the log proof is for another message" ;;
    text) digest=$(printf '%s' "$value" | sum) ;;
    line)
      line=$value
      [ "\${line##* }" = "$digest" ] || fail "the text is not that of: $line"
      [[ $line == *" event "*" $message "* ]] || fail "an entry of another message: $line" ;;
    previous) previous=$value ;;
    hash)
      [ "$(printf '%s %s' "$previous" "$line" | sum)" = "$value" ] || fail "wrong hash: $line"
      node=$( { printf '\\0'; bytes "$value"; } | sum) ;;
    checkpoint) checkpoint=log/checkpoint-$value.xml ;;
    left) node=$( { printf '\\001'; bytes "$value"; bytes "$node"; } | sum) ;;
    right) node=$( { printf '\\001'; bytes "$node"; bytes "$value"; } | sum) ;;
    root)
      [ "$node" = "$value" ] || fail "wrong way to the root: $line"
      [ "$(field MerkleRoot "$checkpoint")" = "$value" ] || fail "not in $checkpoint: $line" ;;
  esac
done < log/proof.txt

echo "ok: message $message, received at $(field ReceivedAt receipt.xml)"
echo "key: $(openssl pkey -pubin -in "$key" -outform DER | sum)"
`;

export function readmeText(facts: EvidenceFacts): string {
  const { messageId, gateway, exportedAt, keys } = facts;
  return `EVIDENCE FILE / TỆP CHỨNG CỨ
${messageId}, gateway / trục ${gateway}, ${exportedAt}

Mở index.html để đọc. Kiểm tra bằng các lệnh bên dưới, không cần phần mềm của trục.
Open index.html to read. Check it with the commands below; no software of the gateway is needed.

Khoá / keys (so sánh với giá trị SHA-256 do trục công bố / compare with what the gateway publishes):
${keys.map(({ file, fingerprint }) => `  ${file}  SHA-256 ${fingerprint}`).join('\n')}

MEMBERS
  index.html                  for people
  message.json                every fact, with the names of the files that prove it
  package.edxml               the exact bytes that the sender handed in
  receipt.xml                 signed: stored by the gateway
  signature/                  verdict on the sender's signature, certificates, revocation data
  deliveries/ID/              certificate-N.xml, signed: taken by the recipient's system;
                              attempt-N.json, and answer-N.txt: what the recipient answered
  statuses/                   notices about the message, with their receipts
  log/                        proof that its events stand in the log, and the signed checkpoints
  keys/KEYNAME.pem            public keys; KeyName in a signature says which
  META-INF/manifest.xml       SHA-256 of every member before it, signed (xmlsec1)
  SHA256SUMS, SHA256SUMS.sig  the same for sha256sum, signed (openssl)

What is not there and why stands in message.json, "missing". What the file proves and what it cannot:
docs/evidence.md of edxgate. Do not unpack and pack it again: edxgate evidence verify takes the file only
as it was written.

COMMANDS (bash)

${CHECK_COMMANDS}`;
}
