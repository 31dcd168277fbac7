// The files in a ZIP archive, read by its directory; an archive larger than allowed is given up.

export interface Entry {
  name: string;
  content: Uint8Array;
}

const END = 0x06054b50;
const LISTED = 0x02014b50;
const LOCAL = 0x04034b50;
const ENTRIES_MAX = 10_000;
const BROKEN = "this archive cannot be read; is it a ZIP file?";

/** Unpack those files whose name is wanted. */
export async function unzip(
  archive: Uint8Array,
  isWanted: (name: string) => boolean,
  bytesMax: number,
): Promise<Entry[]> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  try {
    return await unpack(archive, view, isWanted, bytesMax);
  } catch (error) {
    throw error instanceof RangeError || error instanceof TypeError ? new Error(BROKEN) : error;
  }
}

async function unpack(
  archive: Uint8Array,
  view: DataView,
  isWanted: (name: string) => boolean,
  bytesMax: number,
): Promise<Entry[]> {
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const found: Entry[] = [];
  let left = bytesMax;
  if (count > ENTRIES_MAX) throw new Error("there are too many files in this archive");
  for (let number = 0; number < count; number += 1) {
    if (view.getUint32(at, true) !== LISTED) throw new Error(BROKEN);
    const flags = view.getUint16(at + 8, true);
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(slice(archive, at + 46, nameLength));
    if (!name.endsWith("/") && isWanted(name.replaceAll("\\", "/"))) {
      if ((flags & 1) !== 0) throw new Error(`${name} is encrypted`);
      const content = await unpacked(archive, view, at, left);
      if (content === null) throw new Error("this archive is larger than a profile can be, unpacked");
      left -= content.length;
      found.push({ name, content });
    }
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return found;
}

function endOf(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new Error(BROKEN);
}

// What a listed file holds; null if it is larger than what is left, whatever the archive says.
async function unpacked(
  archive: Uint8Array,
  view: DataView,
  listed: number,
  bytesMax: number,
): Promise<Uint8Array | null> {
  const method = view.getUint16(listed + 10, true);
  const size = view.getUint32(listed + 20, true);
  const at = view.getUint32(listed + 42, true);
  if (view.getUint32(at, true) !== LOCAL) throw new Error(BROKEN);
  const begin = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const packed = slice(archive, begin, size);
  if (method === 0) return packed.length > bytesMax ? null : packed;
  if (method !== 8) throw new Error("this archive is packed in a way that is not known here");
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return collected(stream.getReader(), bytesMax);
}

async function collected(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  bytesMax: number,
): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > bytesMax) {
      await reader.cancel();
      return null;
    }
    pieces.push(value);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function slice(archive: Uint8Array, at: number, length: number): Uint8Array<ArrayBuffer> {
  if (at + length > archive.length) throw new RangeError("beyond the end");
  return new Uint8Array(archive.slice(at, at + length));
}
