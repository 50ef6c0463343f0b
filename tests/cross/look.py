"""look.py LIBRARY SYMBOLS TARGET LIMIT: what a library of any system shows and needs, held to capi/ABI.md.

Reads ELF, Mach-O, PE and WebAssembly by itself: the tools that do come with each compiler, or with none.
"""
import gzip
import hashlib
import os
import re
import struct
import sys


class Elf:
    def __init__(self, data):
        self.wide = data[4] == 2
        self.order = "<" if data[5] == 1 else ">"
        self.data = data
        head = struct.unpack_from(self.order + ("16xHHIQQQIHHHHHH" if self.wide else "16xHHIIIIIHHHHHH"), data)
        self.alignments = set()
        phoff, shoff, phsize, phnum, shsize, shnum = head[4], head[5], head[8], head[9], head[10], head[11]
        for i in range(phnum):
            at = phoff + i * phsize
            if self.wide:
                kind, _, _, _, _, _, _, align = struct.unpack_from(self.order + "IIQQQQQQ", data, at)
            else:
                kind, _, _, _, _, _, _, align = struct.unpack_from(self.order + "IIIIIIII", data, at)
            if kind == 1:
                self.alignments.add(align)
        sections = [struct.unpack_from(self.order + ("IIQQQQIIQQ" if self.wide else "IIIIIIIIII"), data, shoff + i * shsize)
                    for i in range(shnum)]
        self.exports, self.imports, self.needed, self.name, self.versions = [], [], [], None, set()
        for s in sections:
            kind, offset, size, link = s[1], s[4], s[5], s[6]
            strings = sections[link][4] if link < len(sections) else 0
            if kind == 11:  # dynsym
                step = 24 if self.wide else 16
                for at in range(offset + step, offset + size, step):
                    if self.wide:
                        name, info, other, section = struct.unpack_from(self.order + "IBBH", data, at)
                    else:
                        name, _, _, info, other, section = struct.unpack_from(self.order + "IIIBBH", data, at)
                    text = self.text(strings + name)
                    if section == 0:
                        self.imports.append(text)
                    elif section != 0xFFF1 and other & 3 in (0, 3):
                        self.exports.append(text)
            elif kind == 6:  # dynamic
                for at in range(offset, offset + size, 16 if self.wide else 8):
                    tag, value = struct.unpack_from(self.order + ("QQ" if self.wide else "II"), data, at)
                    if tag == 1:
                        self.needed.append(self.text(strings + value))
                    elif tag == 14:
                        self.name = self.text(strings + value)
            elif kind == 0x6FFFFFFE:  # versions needed
                at = offset
                while True:
                    _, count, _, aux, following = struct.unpack_from(self.order + "HHIII", data, at)
                    entry = at + aux
                    for _ in range(count):
                        _, _, _, name, further = struct.unpack_from(self.order + "IHHII", data, entry)
                        self.versions.add(self.text(strings + name))
                        entry += further
                    if following == 0:
                        break
                    at += following

    def text(self, at):
        return self.data[at:self.data.index(b"\0", at)].decode()


class MachO:
    def __init__(self, data):
        commands, = struct.unpack_from("<I", data, 16)
        self.exports, self.imports, self.needed, self.name, self.least = [], [], [], None, None
        self.processor, self.signature = struct.unpack_from("<I", data, 4)[0], None
        at = 32
        for _ in range(commands):
            kind, size = struct.unpack_from("<II", data, at)
            if kind in (0xC, 0xD, 0x80000018):
                offset, = struct.unpack_from("<I", data, at + 8)
                text = data[at + offset:data.index(b"\0", at + offset)].decode()
                if kind == 0xD:
                    self.name = text
                else:
                    self.needed.append(text)
            elif kind == 0x32:
                version, = struct.unpack_from("<I", data, at + 12)
                self.least = f"{version >> 16}.{version >> 8 & 255}"
            elif kind == 0x1D:
                self.signature, = struct.unpack_from("<I", data, at + 8)
            elif kind == 2:
                symbols, count, strings, _ = struct.unpack_from("<IIII", data, at + 8)
                for i in range(count):
                    name, flags, _, _, _ = struct.unpack_from("<IBBHQ", data, symbols + 16 * i)
                    text = data[strings + name:data.index(b"\0", strings + name)].decode()
                    if not flags & 0xE0 and flags & 1 and not flags & 0x10 and flags & 0xE == 0:
                        self.imports.append(text.removeprefix("_"))
            elif kind in (0x22, 0x80000022, 0x80000033):  # the names are a trie
                tree, length = struct.unpack_from("<II", data, at + (8 if kind == 0x80000033 else 40))
                if length:
                    self.walk(data[tree:tree + length], 0, b"")
            at += size

    def walk(self, tree, at, name):
        def number():
            nonlocal at
            value = shift = 0
            while True:
                value |= (tree[at] & 127) << shift
                shift += 7
                at += 1
                if tree[at - 1] < 128:
                    return value

        size = number()
        if size:
            self.exports.append(name.decode().removeprefix("_"))
        at += size
        branches = tree[at]
        at += 1
        for _ in range(branches):
            end = tree.index(b"\0", at)
            label, at = tree[at:end], end + 1
            self.walk(tree, number(), name + label)


class Pe:
    def __init__(self, data):
        self.exports, self.imports, self.needed, self.name = [], [], [], None
        head, = struct.unpack_from("<I", data, 60)
        sections, optional = struct.unpack_from("<H", data, head + 6)[0], struct.unpack_from("<H", data, head + 20)[0]
        table = head + 24 + optional
        self.sections = [struct.unpack_from("<8xIIII", data, table + 40 * i) for i in range(sections)]
        exported, _, imported, _ = struct.unpack_from("<IIII", data, head + 24 + 112)

        def text(rva):
            at = self.at(rva)
            return data[at:data.index(b"\0", at)].decode()

        if exported:
            at = self.at(exported)
            name, count, names = struct.unpack_from("<12xI8xI4xI", data, at)
            self.name = text(name)
            for i in range(count):
                self.exports.append(text(struct.unpack_from("<I", data, self.at(names) + 4 * i)[0]))
        at = self.at(imported)
        while True:
            look, _, _, name, first = struct.unpack_from("<IIIII", data, at)
            if name == 0:
                break
            self.needed.append(text(name))
            entry = self.at(look or first)
            while (value := struct.unpack_from("<Q", data, entry)[0]) != 0:
                if value >> 63 == 0:
                    self.imports.append(text(value + 2))
                entry += 8
            at += 20

    def at(self, rva):
        for size, address, raw, offset in self.sections:
            if address <= rva < address + max(size, raw):
                return rva - address + offset
        raise ValueError(f"no section has {rva}")


class Wasm:
    def __init__(self, data):
        self.exports, self.imports, self.needed, self.name = [], [], [], None
        self.data, self.at = data, 8
        while self.at < len(data):
            kind, size = data[self.at], 0
            self.at += 1
            size = self.number()
            end = self.at + size
            if kind == 2:
                for _ in range(self.number()):
                    module, name = self.text(), self.text()
                    self.imports.append(f"{module}.{name}")
                    what = data[self.at]
                    self.at += 1
                    if what == 0:
                        self.number()
                    else:
                        raise ValueError(f"{name} is imported, and no function")
            elif kind == 7:
                for _ in range(self.number()):
                    self.exports.append(self.text())
                    self.at += 1
                    self.number()
            self.at = end

    def number(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def text(self):
        size = self.number()
        self.at += size
        return self.data[self.at - size:self.at].decode()


def parse(data):
    if data[:4] == b"\x7fELF":
        return Elf(data)
    if data[:4] == b"\xcf\xfa\xed\xfe":
        return MachO(data)
    if data[:2] == b"MZ":
        return Pe(data)
    if data[:4] == b"\0asm":
        return Wasm(data)
    raise ValueError("an unknown kind of library")


# What a library may need, by target; and names that it may not import, since they print, read the environment, or
# end the host. (`abort` alone is left to the C++ library.)
NEEDED = {
    "linux": r"(lib(c|m|dl|pthread)\.so(\.\d+)?|ld-linux-.*)",
    "android": r"lib(c|m|dl)\.so",
    "glue": r"lib(c|duomo)\.so",
    "macos": r"/usr/lib/libSystem\.B\.dylib",
    "windows": r"(?i:kernel32|msvcrt|ntdll|ucrtbase|api-ms-win-.*)(?i:\.dll)",
    "wasm32": r"",
    "s390x": r".*",
}
FORBIDDEN = r"""(?x) (__)?v?[fd]?printf | puts | fputs | fputc | putchar | fwrite | fflush | perror | std(err|out|in) | __stderrp |
    write | getenv | setenv | setlocale | signal | sigaction | system | exec.* | posix_spawn.* | fork | raise | kill | exit | _exit"""
# The C runtime of Windows starts and ends a DLL with what programs need.
FORBIDDEN_WINDOWS = r"puts|fputs|getenv|setlocale|signal|system|exec.*|spawn.*|exit|WriteConsole.|WriteFile"


def bionic():
    """What Android's libraries have, by bionic.txt."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../cmake/cross/android/bionic.txt")
    with open(path, encoding="utf-8") as file:
        return {name for line in file for name in line.split("#")[0].split()[1:]}


def signed(data, at):
    """Whether a Mach-O file's pages have the hashes of its signature, without which Macs with ARM end who loads it."""
    magic, _, blobs = struct.unpack_from(">III", data, at)
    kind, directory = struct.unpack_from(">II", data, at + 12)
    if magic != 0xFADE0CC0 or blobs != 1 or kind != 0:
        return False
    hashes, slots, limit, size, algorithm, page = struct.unpack_from(">16xI8xIIBBxB", data, at + directory)
    if limit != at or size != 32 or algorithm != 2:
        return False
    digest = lambda i: hashlib.sha256(data[i << page:min((i + 1) << page, limit)]).digest()
    first = at + directory + hashes
    return slots << page >= limit and all(digest(i) == data[first + 32 * i:first + 32 * i + 32] for i in range(slots))


def main():
    path, symbols, target, limit = sys.argv[1:]
    with open(path, "rb") as file:
        data = file.read()
    with open(symbols, encoding="utf-8") as file:
        listed = file.read().split()
    library, failures = parse(data), []
    family = target.split("-")[0]

    exports = sorted(library.exports)
    extra = []
    if family == "wasm32":  # a module gives its memory, and starts by a call
        extra = ["_initialize", "free", "malloc", "memory"]
    print(f"{target}: {len(data)} bytes, {len(exports)} names, as {library.name}")
    own = {"__dso_handle", "_mh_dylib_header"} if family == "macos" else set()  # of the file itself; zig's linker hides nothing
    wanted = set(listed + extra)
    if family == "glue":  # of Java: JNI finds its functions by these names
        wanted = {name for name in exports if re.fullmatch(r"JNI_OnLoad|Java_dev_duomo_Native_\w+", name)}
    for name in sorted(set(exports) - wanted - own):
        failures.append(f"{name} is exported, and not in symbols.txt")
    for name in sorted((wanted or {"JNI_OnLoad"}) - set(exports)):
        failures.append(f"{name} is not exported")
    for needed in library.needed:
        print("needs", needed)
        if not re.fullmatch(NEEDED[family], needed):
            failures.append(f"{needed} is needed")
    print("imports", *sorted(library.imports))
    for name in library.imports:
        if re.fullmatch(FORBIDDEN_WINDOWS if family == "windows" else FORBIDDEN, name):
            failures.append(f"{name} is imported")
    if family in ("android", "glue"):
        for name in sorted(set(library.imports) - bionic() - (set(listed) if family == "glue" else set())):
            failures.append(f"{name} is imported, and not in bionic.txt")
    if isinstance(library, Elf):
        if library.name != {"android": "libduomo.so", "glue": "libduomo_jni.so"}.get(family, "libduomo.so.0"):
            failures.append(f"it is called {library.name}")
        glibc = [v.removeprefix("GLIBC_") for v in library.versions if v.startswith("GLIBC_")]
        newest = max(glibc, key=lambda v: [int(x) for x in v.split(".")], default=None)
        print("glibc", newest, "segments aligned to", *sorted(library.alignments))
        if newest and [int(x) for x in newest.split(".")] > [2, 17]:
            failures.append(f"it needs glibc {newest}")
        if family in ("android", "glue") and library.alignments != {16384}:
            failures.append(f"its segments are aligned to {library.alignments}")
    elif isinstance(library, MachO):
        print("macOS", library.least)
        if library.least != "11.0" or library.name != "@rpath/libduomo.0.dylib":
            failures.append(f"it needs macOS {library.least} and is called {library.name}")
        if library.processor == 0x0100000C and (library.signature is None or not signed(data, library.signature)):
            failures.append("its signature is missing, or of other bytes")
    elif isinstance(library, Wasm):
        packed = len(gzip.compress(data, 9))
        print(f"gzipped: {packed} bytes")
        if packed > 140_000:
            failures.append(f"gzipped it has {packed} bytes, more than 140000")
    if int(limit) and len(data) > int(limit):
        failures.append(f"it has {len(data)} bytes, more than {limit}")
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


sys.exit(main())
