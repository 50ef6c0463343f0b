"""install.py OUT MODELS [LANGUAGE…]: installs the packages of a release (./dev release OUT) each in an empty
project by its ecosystem's own one line, and runs the program of its README there, which must print
bindings/shop.txt. MODELS is a folder with shop.duomo, as tests/abi/make_fixtures writes it. No package may
need a compiler (Rust apart: the crate compiles the library), pkg-config, or what is installed here of Duomo.
"""
import difflib
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
with open(f"{ROOT}/CMakeLists.txt", encoding="utf-8") as cmake:
    VERSION = re.search(r"^project\(duomo VERSION ([0-9.]+)", cmake.read(), re.M)[1]
NO_COMPILER = {"CC": "/nowhere", "CXX": "/nowhere", "PKG_CONFIG": "/nowhere", "PKG_CONFIG_PATH": "", "LD_LIBRARY_PATH": ""}


class Failed(Exception):
    pass


def run(*command, cwd, **environment):
    environment = {**os.environ, **NO_COMPILER, **environment}
    done = subprocess.run(command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}\n{(done.stdout + done.stderr).decode(errors='replace')[-3000:]}")
    return done.stdout.decode()


def block(language, fence):
    """The program in a language's README."""
    with open(f"{ROOT}/bindings/{language}/README.md", encoding="utf-8") as file:
        return re.search(rf"^```{fence}\n(.*?)^```$", file.read(), re.M | re.S)[1]


def write(path, words):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(words)


class Install:
    def __init__(self, out, models):
        self.out, self.model = os.path.abspath(out), f"{os.path.abspath(models)}/shop.duomo"

    def artefact(self, pattern):
        found = glob.glob(f"{self.out}/{pattern}")
        if not found:
            raise Failed(f"{self.out} has no {pattern}")
        return found[0]

    def python(self, work):
        run("python3", "-m", "venv", "venv", cwd=work)
        pip = [f"{work}/venv/bin/pip", "install", "-q", "--disable-pip-version-check", "--only-binary", ":all:"]
        run(*pip, "--find-links", self.out, f"duomo=={VERSION}", cwd=work)
        shutil.copy(self.model, work)
        write(f"{work}/shop.py", block("python", "python"))
        for program in ("duomo", "duomo-convert"):
            run(f"{work}/venv/bin/{program}", "--version", cwd=work, PATH="")
        return run(f"{work}/venv/bin/python", "-I", "shop.py", cwd=work, PATH="")

    def js(self, work):
        write(f"{work}/package.json", '{"private": true, "type": "module"}')
        run("npm", "install", "--silent", "--offline", "--no-audit", "--no-fund", self.artefact("duomo-npm-*.tgz"), cwd=work)
        shutil.copy(self.model, work)
        write(f"{work}/shop.js", block("js", "js"))
        return run("node", "shop.js", cwd=work)

    def go(self, work):
        # A proxy of files, laid out as the protocol has it.
        module = self.artefact("duomo-go-*.zip")
        proxy = f"{work}/proxy/duomo.dev/duomo/@v"
        write(f"{proxy}/list", f"v{VERSION}\n")
        write(f"{proxy}/v{VERSION}.info", json.dumps({"Version": f"v{VERSION}"}))
        with zipfile.ZipFile(module) as archive:
            write(f"{proxy}/v{VERSION}.mod", archive.read(f"duomo.dev/duomo@v{VERSION}/go.mod").decode())
        shutil.copy(module, f"{proxy}/v{VERSION}.zip")
        cache = f"{work}/cache"
        go = {"GOPROXY": f"file://{work}/proxy", "GOSUMDB": "off", "GOMODCACHE": cache, "GOFLAGS": "-modcacherw",
              "GOTOOLCHAIN": "local", "CC": shutil.which("cc")}  # cgo links with it, and compiles its own shims
        user = f"{work}/user"
        write(f"{user}/main.go", block("go", "go"))
        run("go", "mod", "init", "example.com/user", cwd=user, **go)
        run("go", "get", f"duomo.dev/duomo@v{VERSION}", cwd=user, **go)
        run("go", "build", "-o", "shop", ".", cwd=user, **go)
        return run(f"{user}/shop", self.model, cwd=user)

    def java(self, work):
        # A repository of files, as Central is one of HTTP.
        jar = self.artefact(f"duomo-{VERSION}.jar")
        at = f"{work}/repository/dev/duomo/duomo/{VERSION}"
        os.makedirs(at)
        shutil.copy(jar, at)
        shutil.copy(self.artefact(f"duomo-{VERSION}.pom"), at)
        user, home = f"{work}/user", os.path.expanduser("~/.m2/repository/dev/duomo")
        dependency = re.search(r"^<dependency>.*?</dependency>", block("java", "xml"), re.M | re.S)[0]
        write(f"{user}/pom.xml", f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>user</artifactId><version>1</version>
  <properties><maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <repositories><repository><id>release</id><url>file://{work}/repository</url></repository></repositories>
  <dependencies>{dependency}</dependencies>
  <build><plugins><plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
    <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin></plugins></build>
</project>
""")
        write(f"{user}/src/main/java/Shop.java", block("java", "java"))
        shutil.rmtree(home, ignore_errors=True)  # what Maven keeps of an earlier release of this version
        try:
            run("mvn", "-B", "-q", "-ntp", "compile", cwd=user)
            library = f"{home}/duomo/{VERSION}/duomo-{VERSION}.jar"
            return run("java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-cp", f"{library}:target/classes", "Shop",
                       self.model, cwd=user)
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def rust(self, work):
        for crate in ("duomo", "duomo-sys"):
            shutil.unpack_archive(self.artefact(f"{crate}-{VERSION}.crate"), work, "gztar")
        user = f"{work}/user"
        compiler = "ccache c++" if shutil.which("ccache") else shutil.which("c++")
        rust = {"CC": shutil.which("cc"), "CXX": compiler, "CCACHE_BASEDIR": work, "CCACHE_NOHASHDIR": "1"}
        run("cargo", "new", "--quiet", "--vcs", "none", "--name", "shop", user, cwd=work, **rust)
        with open(f"{user}/Cargo.toml", "a", encoding="utf-8") as file:  # which is what crates.io stands for
            file.write(f'\n[patch.crates-io]\nduomo-sys = {{ path = "{work}/duomo-sys-{VERSION}" }}\n')
        run("cargo", "add", "--quiet", "--path", f"{work}/duomo-{VERSION}", "--features", "bundled", cwd=user, **rust)
        write(f"{user}/src/main.rs", block("rust", "rust,no_run"))
        run("cargo", "build", "--quiet", cwd=user, **rust)
        return run(f"{os.environ.get('CARGO_TARGET_DIR', f'{user}/target')}/debug/shop", self.model, cwd=user)

    def dotnet(self, work):
        # What `dotnet add package` unpacks, for Mono, which wants the library beside the assembly.
        with zipfile.ZipFile(self.artefact("Duomo.*.nupkg")) as package:
            for name in ("lib/netstandard2.0/Duomo.dll", "runtimes/linux-x64/native/libduomo.so"):
                with open(f"{work}/{os.path.basename(name)}", "wb") as file:
                    file.write(package.read(name))
        write(f"{work}/Shop.cs", block("dotnet", "csharp"))
        run("mcs", "-langversion:7.2", "-r:Duomo.dll", "Shop.cs", cwd=work)
        return run("mono", "Shop.exe", self.model, cwd=work)


PROGRAMS = {"python": ["python3"], "js": ["node", "npm"], "go": ["go", "cc"], "java": ["mvn", "java"], "rust": ["cargo", "c++"],
            "dotnet": ["mcs", "mono"]}


def main():
    install, failed = Install(sys.argv[1], sys.argv[2]), []
    with open(f"{ROOT}/bindings/shop.txt", encoding="utf-8") as file:
        wanted = file.read()
    for language in sys.argv[3:] or PROGRAMS:
        missing = [program for program in PROGRAMS[language] if shutil.which(program) is None]
        if missing:
            print(f"not tested: {language}: {', '.join(missing)} is not installed here")
            if os.environ.get("CI") == "true":
                failed.append(language)
            continue
        with tempfile.TemporaryDirectory() as work:
            try:
                found = getattr(install, language)(work)
                if found != wanted:
                    raise Failed("".join(difflib.unified_diff(wanted.splitlines(True), found.splitlines(True))))
                print(f"installed in an empty project: {language}", flush=True)
            except Failed as error:
                print(f"FAILED: {language}: {error}", flush=True)
                failed.append(language)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
