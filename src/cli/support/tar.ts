// A tar archive in memory, in the form that every tar reads (POSIX ustar): regular files only, short names, no owners. Pure.

export interface TarEntry {
  /** Relative, ASCII, at most 100 bytes. */
  readonly name: string;
  readonly bytes: Buffer;
}

const BLOCK = 512;

/** @throws on a name that the header cannot hold: a defect of the caller. */
export function tarArchive(entries: readonly TarEntry[], mtimeSeconds: number): Buffer {
  const blocks = entries.flatMap(({ name, bytes }) => [header(name, bytes.length, mtimeSeconds), padded(bytes)]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, size: number, mtimeSeconds: number): Buffer {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/.test(name)) throw new RangeError(`${name} is no name for an archive`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, "ascii");
  const octal = (value: number, at: number, width: number) =>
    block.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "ascii");
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(mtimeSeconds), 136, 12);
  // The checksum counts its own field as blanks.
  block.write("        0", 148, "ascii");
  block.write("ustar\x0000", 257, "ascii");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return block;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}
