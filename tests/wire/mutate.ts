/** A damaged copy: flipped bits, another byte, cut off, a part left out or doubled, a count made huge. */
export function mutate(frame: Uint8Array, random: () => number): Uint8Array<ArrayBuffer> {
  const int = (below: number): number => Math.floor(random() * below);
  let bytes = new Uint8Array(frame);
  for (let edits = 1 + int(3); edits > 0; edits--) {
    const at = int(bytes.length);
    switch (int(7)) {
      case 0:
      case 1:
        bytes[at] ^= 1 << int(8);
        break;
      case 2:
        bytes[at] = int(256);
        break;
      case 3:
        bytes = bytes.slice(0, at + 1);
        break;
      case 4:
        bytes = Uint8Array.of(...bytes.slice(0, at), ...bytes.slice(at + int(8)));
        break;
      case 5:
        bytes = Uint8Array.of(...bytes.slice(0, at), ...bytes.slice(Math.max(0, at - 8)));
        break;
      default:
        bytes.fill(0xff, at, at + int(6));
    }
    if (bytes.length === 0) bytes = Uint8Array.of(int(256));
  }
  return bytes;
}
