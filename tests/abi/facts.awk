# What duomo.h says, one fact a line, whatever its comments and spaces: functions, fields of structs
# with their place, values of enums, typedefs. Two headers are compared as sets of these lines.
{ sub(/\r$/, ""); text = text $0 "\n" }
END {
  while ((at = index(text, "/*")) > 0) {
    rest = substr(text, at + 2)
    text = substr(text, 1, at - 1) " " substr(rest, index(rest, "*/") + 2)
  }
  gsub(/\\\n/, " ", text)
  count = split(text, lines, "\n")
  text = ""
  for (i = 1; i <= count; ++i) {
    if (lines[i] !~ /^[ \t]*#/ && lines[i] !~ /^extern "C" \{$/) text = text " " lines[i]
  }
  gsub(/DUOMO_CALL /, "", text)
  gsub(/[ \t]+/, " ", text)
  while (match(text, /[;{]/)) {
    head = substr(text, 1, RSTART - 1)
    kind = substr(text, RSTART, 1)
    text = substr(text, RSTART + 1)
    gsub(/^ +| +$/, "", head)
    if (kind == ";") {
      sub(/^DUOMO_API /, "function ", head)
      if (head != "") print head
      continue
    }
    body = substr(text, 1, index(text, "}") - 1)
    text = substr(text, index(text, "}") + 1)
    tail = substr(text, 1, index(text, ";") - 1)
    text = substr(text, index(text, ";") + 1)
    gsub(/ /, "", tail)
    count = split(body, parts, head == "enum" ? "," : ";")
    for (i = 1; i <= count; ++i) {
      gsub(/^ +| +$/, "", parts[i])
      if (parts[i] != "") print head == "enum" ? "value " parts[i] : "field " tail " " i " " parts[i]
    }
  }
}
