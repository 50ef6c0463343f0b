"""layout.py STRUCTS OUT: from Structs.cs a C program and a C# class that print the same: each struct's size, each
field's offset, as duomo.h and as Structs.cs have them."""

import re
import sys
from pathlib import Path

text, out = Path(sys.argv[1]).read_text(encoding="utf-8"), Path(sys.argv[2])
NAMES = {"TopKRequest": "topk_request", "TopKResult": "topk_result"}
c, cs = [], []
for name, body in re.findall(r"struct Native(\w+)\s*\{(.*?)\n    \}", text, re.DOTALL):
    struct = "duomo_" + NAMES.get(name, re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())
    c.append(f'  printf("{name} %zu\\n", sizeof({struct}));')
    cs.append(f'            Console.WriteLine("{name} " + Marshal.SizeOf<Native{name}>());')
    for field in re.findall(r"internal (?:fixed )?\w+ (\w+)(?:\[\w+\])?;", body):
        c.append(f'  printf("{name}.{field} %zu\\n", offsetof({struct}, {field}));')
        offset = f'Marshal.OffsetOf<Native{name}>("{field}")'
        cs.append(f'            Console.WriteLine("{name}.{field} " + {offset});')
(out / "layout.c").write_text(
    "#include <duomo/duomo.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {\n"
    + "\n".join(c) + "\n  return 0;\n}\n", encoding="utf-8")
(out / "Layout.cs").write_text(
    "using System;\nusing System.Runtime.InteropServices;\nnamespace Duomo.Tests\n{\n    internal static class Layout\n    {\n"
    "        private static void Main()\n        {\n" + "\n".join(cs) + "\n        }\n    }\n}\n", encoding="utf-8")
