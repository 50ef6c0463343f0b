"""The .nupkg for .NET: the assembly, and the libraries by .NET's names of platforms. `bindings/dotnet/compile` makes the
assembly; a .nupkg is a zip in the form of the Open Packaging Conventions."""
import os
import tempfile

import archive

# Targets of ./dev cross, .NET's name, and what the loader looks for when it is asked for "duomo".
RIDS = {
    "linux-x86_64": ("linux-x64", "libduomo.so"), "linux-aarch64": ("linux-arm64", "libduomo.so"),
    "linux-armv7": ("linux-arm", "libduomo.so"), "linux-musl-x86_64": ("linux-musl-x64", "libduomo.so"),
    "linux-musl-aarch64": ("linux-musl-arm64", "libduomo.so"), "macos-x86_64": ("osx-x64", "libduomo.dylib"),
    "macos-aarch64": ("osx-arm64", "libduomo.dylib"), "windows-x86_64": ("win-x64", "duomo.dll"),
}
NUSPEC = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>Duomo</id>
    <version>{version}</version>
    <authors>the authors of Duomo</authors>
    <license type="expression">Apache-2.0</license>
    <readme>README.md</readme>
    <description>Recommendations from one small library and one file</description>
    <tags>recommender recommendations top-k embedded</tags>
    <dependencies><group targetFramework=".NETStandard2.0" /></dependencies>
  </metadata>
</package>
"""
RELATIONS = """<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/Duomo.nuspec" Id="R1" />
</Relationships>
"""
TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
{types}
</Types>
"""


def nupkg(release, run, root, prefix, libraries):
    """With the libraries that ./dev cross has built inside, and for this machine else its own."""
    if not release.needs("the package for .NET", "mcs", "mono"):
        return
    with tempfile.TemporaryDirectory() as work:
        run("bindings/dotnet/compile", work)
        files = {f"lib/netstandard2.0/{name}": archive.read(f"{work}/{name}") for name in ("Duomo.dll", "Duomo.xml")}
    own = f"{prefix}/lib/libduomo.so.0"
    for target, (rid, name) in RIDS.items():
        if target in libraries:
            files[f"runtimes/{rid}/native/{name}"] = archive.read(libraries[target])
        elif target == "linux-x86_64" and os.path.exists(own):
            files[f"runtimes/{rid}/native/{name}"] = archive.read(own)
        else:
            release.left_out.append(f".NET's library for {rid}: ./dev cross {target} has not built it")
    for name, path in (("LICENSE", "LICENSE"), ("THIRD-PARTY.txt", "packaging/THIRD-PARTY.txt"), ("README.md", "bindings/dotnet/README.md")):
        files[name] = archive.read(f"{root}/{path}")
    files["Duomo.nuspec"] = NUSPEC.format(version=release.version).encode()
    files["_rels/.rels"] = RELATIONS.encode()
    endings = sorted({name.rsplit(".", 1)[-1] for name in files if "." in os.path.basename(name)} - {"rels"})
    types = [f'  <Default Extension="{ending}" ContentType="application/octet" />' for ending in endings]
    types += ['  <Override PartName="/LICENSE" ContentType="application/octet" />']
    files["[Content_Types].xml"] = TYPES.format(types="\n".join(types)).encode()
    archive.zip_file(release.path(f"Duomo.{release.version}.nupkg"), files)
