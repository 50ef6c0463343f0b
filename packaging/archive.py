"""Archives that depend on their contents alone: names in order, one time, no owners."""
import gzip
import io
import os
import tarfile
import zipfile


def tree(folder):
    """{path in the archive: file} of a folder, links and all."""
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            found[os.path.relpath(path, folder)] = path
    return found


def headers(folder):
    return {at: path for at, path in tree(folder).items() if at.endswith((".h", ".hpp"))}


def read(source):
    if isinstance(source, bytes):
        return source
    with open(source, "rb") as file:
        return file.read()


def tar_gz(out, files, time):
    """`files`: {name: path or bytes}; links stay links."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, source in sorted(files.items()):
            info = tarfile.TarInfo(name)
            info.mtime = time
            if not isinstance(source, bytes) and os.path.islink(source):
                info.type, info.linkname = tarfile.SYMTYPE, os.readlink(source)
                tar.addfile(info)
                continue
            data = read(source)
            info.size = len(data)
            info.mode = 0o755 if not isinstance(source, bytes) and os.access(source, os.X_OK) else 0o644
            tar.addfile(info, io.BytesIO(data))
    with open(out, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as zipped:
        zipped.write(packed.getvalue())


def zip_file(out, files):
    with zipfile.ZipFile(out, "w") as archive:
        for name, source in sorted(files.items()):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, read(source), compresslevel=9)
