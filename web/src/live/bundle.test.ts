import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { BYTES_MAX, FILES_MAX, asProfile, gather, rootsOf } from "./bundle.js";

const ROOT = "axenic: profile/1\nname: Mine\n";

function file(name: string, content: string | Uint8Array<ArrayBuffer>, folder = ""): File {
  const made = new File([content], name);
  Object.defineProperty(made, "webkitRelativePath", { value: folder && `${folder}/${name}` });
  return made;
}

/** A ZIP archive as other programs write it: every other file is packed. */
function zip(contents: Record<string, string>): Uint8Array<ArrayBuffer> {
  const locals: Buffer[] = [];
  const listed: Buffer[] = [];
  let at = 0;
  Object.entries(contents).forEach(([name, text], number) => {
    const packs = number % 2 === 0;
    const raw = Buffer.from(text);
    const packed = packs ? deflateRawSync(raw) : raw;
    const label = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(label.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(packs ? 8 : 0, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(raw.length, 24);
    entry.writeUInt16LE(label.length, 28);
    entry.writeUInt32LE(at, 42);
    locals.push(local, label, packed);
    listed.push(entry, label);
    at += local.length + label.length + packed.length;
  });
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(contents).length, 10);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...locals, ...listed, end]));
}

const FOLDER = {
  "lab/mine.yaml": ROOT,
  "lab/parts/jobs.yaml": "stirring: {}\n",
  "lab/secrets.yaml": "password: x\n",
  "lab/.git/config.yaml": "x: 1\n",
  "lab/readme.txt": "Hello",
};
const KEPT = { "mine.yaml": ROOT, "parts/jobs.yaml": "stirring: {}\n" };

test("a folder is known without its own name, and without what does not belong to a profile", async () => {
  const chosen = Object.entries(FOLDER).map(([path, text]) => {
    const at = path.lastIndexOf("/");
    return file(path.slice(at + 1), text, path.slice(0, at));
  });
  expect(await gather(chosen)).toEqual(KEPT);
});

test("an archive is what is in it", async () => {
  expect(await gather([file("lab.zip", zip(FOLDER))])).toEqual(KEPT);
});

test("several files are known by their names, and the profiles among them are found", async () => {
  const texts = await gather([file("b.yaml", "x: 1\n"), file("mine.yaml", ROOT), file("a.yml", ROOT)]);
  expect(rootsOf(texts)).toEqual(["a.yml", "mine.yaml"]);
});

test("what a profile can include lies in its folder and below", () => {
  const texts = { "top.yaml": "x: 1\n", "lab/mine.yaml": ROOT, "lab/parts/jobs.yaml": "y: 1\n" };
  expect(asProfile(texts, "lab/mine.yaml")).toEqual({
    file: "mine.yaml",
    text: ROOT,
    files: { "parts/jobs.yaml": "y: 1\n" },
  });
});

test.each([
  ["a name that leads out of the folder", zip({ "lab/../../up.yaml": ROOT }), "leads out of its folder"],
  ["a name from the root", zip({ "/etc/up.yaml": ROOT }), "leads out of its folder"],
  ["no YAML", zip({ "a.txt": "x" }), "no YAML file"],
  ["what is no archive", new Uint8Array([1, 2, 3]), "cannot be read"],
  ["a broken archive", zip({ "a.yaml": ROOT }).slice(20), "cannot be read"],
  ["an archive that grows", zip({ "a.yaml": "x".repeat(BYTES_MAX + 1) }), "larger than a profile can be"],
])("%s is refused", async (_, content, message) => {
  await expect(gather([file("lab.zip", content)])).rejects.toThrow(message);
});

test("too many files, too large ones, and such as are no text are refused", async () => {
  const many = Array.from({ length: FILES_MAX + 1 }, (_, n) => file(`${n}.yaml`, "x: 1"));
  await expect(gather(many)).rejects.toThrow("more than the 500 files");
  const large = "x".repeat(BYTES_MAX / 2 + 1);
  await expect(gather([file("a.yaml", large), file("b.yaml", large)])).rejects.toThrow("together");
  await expect(gather([file("a.yaml", new Uint8Array([0xff, 0xfe]))])).rejects.toThrow("UTF-8");
});
