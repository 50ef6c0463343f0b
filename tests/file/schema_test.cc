// Old files open forever: the schema of today may only add to the released ones.
#include <flatbuffers/reflection.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "core/error.h"
#include "temporary_folder.h"

namespace duomo {
namespace {

using reflection::Enum;
using reflection::Field;
using reflection::Object;
using reflection::Schema;

// The binary form of a schema, made by flatc.
class Compiled {
 public:
  explicit Compiled(const std::string& path) {
    testing::TemporaryFolder folder;
    std::string command = StrCat(DUOMO_FLATC, " -b --schema -o '", folder.path(), "' '", path, "'");
    if (std::system(command.c_str()) != 0) Fail(Status::kInternal, "failed: ", command);
    std::string stem = std::filesystem::path(path).stem();
    bytes_ = testing::ReadText(folder.File(stem + ".bfbs"));
    flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(bytes_.data()), bytes_.size());
    if (!reflection::VerifySchemaBuffer(verifier)) Fail(Status::kInternal, "bad .bfbs: ", path);
  }
  const Schema& schema() const { return *reflection::GetSchema(bytes_.data()); }

 private:
  std::string bytes_;
};

// A type with the names that it refers to, as text.
std::string TypeText(const Schema& schema, const reflection::Type& type) {
  std::string text = StrCat(static_cast<int>(type.base_type()), '/',
                            static_cast<int>(type.element()), '/', type.fixed_length());
  if (type.index() < 0) return text;
  auto index = static_cast<uint32_t>(type.index());
  bool object = type.base_type() == reflection::Obj ||
                (type.base_type() == reflection::Vector && type.element() == reflection::Obj);
  return StrCat(text, ' ',
                object ? schema.objects()->Get(index)->name()->str()
                       : schema.enums()->Get(index)->name()->str());
}

std::string TextOf(const flatbuffers::String* text) { return text ? text->str() : ""; }

// What a released schema has and `current` lacks or has otherwise, one sentence each.
class Comparison {
 public:
  Comparison(const Schema& released, const Schema& current)
      : released_(released), current_(current) {
    if (TextOf(released.file_ident()) != TextOf(current.file_ident())) Report("file identifier");
    if (released.root_table()->name()->str() != current.root_table()->name()->str()) {
      Report("root type");
    }
    for (const Object* object : *released.objects()) CompareObject(*object);
    for (const Enum* e : *released.enums()) CompareEnum(*e);
  }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  template <typename... Parts>
  void Report(const Parts&... parts) {
    violations_.push_back(StrCat(parts...));
  }

  void CompareObject(const Object& released) {
    std::string name = released.name()->str();
    const Object* current = current_.objects()->LookupByKey(name.c_str());
    if (current == nullptr) return Report("table deleted: ", name);
    if (released.is_struct() != current->is_struct()) Report("table became struct: ", name);
    for (const Field* field : *released.fields()) {
      CompareField(name, *field, current->fields()->LookupByKey(field->name()->c_str()));
    }
    for (const Field* field : *current->fields()) {
      bool is_new = released.fields()->LookupByKey(field->name()->c_str()) == nullptr;
      // Old files do not have it.
      if (is_new && field->required())
        Report("new field required: ", name, '.', field->name()->str());
    }
  }

  void CompareField(const std::string& object, const Field& a, const Field* b) {
    std::string name = object + "." + a.name()->str();
    if (b == nullptr) return Report("field deleted: ", name);
    if (a.id() != b->id()) Report("id: ", name);
    if (TypeText(released_, *a.type()) != TypeText(current_, *b->type())) Report("type: ", name);
    if (a.default_integer() != b->default_integer() || a.default_real() != b->default_real() ||
        (a.optional() != b->optional() && a.required() == b->required())) {
      Report("default: ", name);
    }
    if (a.required() != b->required()) Report("required: ", name);
    if (a.key() != b->key()) Report("key: ", name);
    if (a.deprecated() != b->deprecated()) Report("deprecated: ", name);
  }

  void CompareEnum(const Enum& released) {
    std::string name = released.name()->str();
    const Enum* current = current_.enums()->LookupByKey(name.c_str());
    if (current == nullptr) return Report("enum deleted: ", name);
    if (released.underlying_type()->base_type() != current->underlying_type()->base_type()) {
      Report("enum type: ", name);
    }
    std::map<std::string, int64_t> values;
    for (const auto* value : *current->values()) values[value->name()->str()] = value->value();
    for (const auto* value : *released.values()) {
      auto found = values.find(value->name()->str());
      if (found == values.end()) {
        Report("enum value deleted: ", name, '.', value->name()->str());
      } else if (found->second != value->value()) {
        Report("enum value changed: ", name, '.', value->name()->str());
      }
    }
  }

  const Schema &released_, &current_;
  std::vector<std::string> violations_;
};

std::vector<std::string> Compare(const std::string& released, const std::string& current) {
  Compiled a(released), b(current);
  return Comparison(a.schema(), b.schema()).violations();
}

TEST(SchemaTest, CurrentContainsEveryReleasedSchema) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(DUOMO_SCHEMAS "/released")) {
    if (entry.path().extension() != ".fbs") continue;
    ++count;
    for (const std::string& violation : Compare(entry.path(), DUOMO_SCHEMAS "/duomo.fbs")) {
      ADD_FAILURE() << entry.path().filename() << ": " << violation;
    }
  }
  EXPECT_GE(count, 1u);
}

// The comparison itself, on schemas that break one rule each.
class SchemaRulesTest : public ::testing::Test {
 protected:
  static constexpr const char* kReleased = R"(
namespace n;
enum Color : int { Red = 0, Green = 1 }
table Leaf { x: int (id: 0); }
table Root {
  name: string (id: 0, required);
  color: Color (id: 1);
  count: int = 3 (id: 2);
  ratio: double = 0.5 (id: 3);
  leaf: Leaf (id: 4);
  leaves: [Leaf] (id: 5);
  old: int (id: 6);
}
root_type Root;
file_identifier "ABCD";
)";

  // Violations after each `from` was replaced by `to`.
  std::vector<std::string> After(std::vector<std::pair<std::string, std::string>> edits) {
    std::string text = kReleased;
    for (const auto& [from, to] : edits) {
      size_t at = text.find(from);
      EXPECT_NE(at, std::string::npos) << from;
      text.replace(at, from.size(), to);
    }
    testing::WriteText(folder_.File("released.fbs"), kReleased);
    testing::WriteText(folder_.File("current.fbs"), text);
    return Compare(folder_.File("released.fbs"), folder_.File("current.fbs"));
  }

  using Found = std::vector<std::string>;
  testing::TemporaryFolder folder_;
};

TEST_F(SchemaRulesTest, NoChangeAndAdditionsAreFine) {
  EXPECT_EQ(After({}), Found{});
  EXPECT_EQ(After({{"old: int (id: 6);", "old: int (id: 6); more: string (id: 7);"},
                   {"Green = 1", "Green = 1, Blue = 2"},
                   {"table Leaf", "table New { y: int (id: 0); }\ntable Leaf"}}),
            Found{});
}

TEST_F(SchemaRulesTest, Deletions) {
  EXPECT_EQ(After({{"old: int (id: 6);", ""}}), Found{"field deleted: n.Root.old"});
  EXPECT_EQ(After({{", Green = 1", ""}}), Found{"enum value deleted: n.Color.Green"});
  EXPECT_EQ(After({{"table Leaf", "table Twig"}, {": Leaf", ": Twig"}, {"[Leaf]", "[Twig]"}}).at(0),
            "table deleted: n.Leaf");
  EXPECT_EQ(After({{"enum Color", "enum Hue"}, {": Color", ": Hue"}}).back(),
            "enum deleted: n.Color");
}

TEST_F(SchemaRulesTest, Changes) {
  EXPECT_EQ(
      After({{"old: int (id: 6)", "old: int (id: 2)"}, {"(id: 2);\n  ratio", "(id: 6);\n  ratio"}}),
      (Found{"id: n.Root.count", "id: n.Root.old"}));
  EXPECT_EQ(After({{"old: int", "old: uint"}}), Found{"type: n.Root.old"});
  EXPECT_EQ(After({{"[Leaf]", "[int]"}}), Found{"type: n.Root.leaves"});
  EXPECT_EQ(After({{"color: Color", "color: int"}}), Found{"type: n.Root.color"});
  EXPECT_EQ(After({{"= 3", "= 4"}}), Found{"default: n.Root.count"});
  EXPECT_EQ(After({{"= 0.5", "= 0.25"}}), Found{"default: n.Root.ratio"});
  EXPECT_EQ(After({{"old: int (id: 6)", "old: int (id: 6, deprecated)"}}),
            Found{"deprecated: n.Root.old"});
  EXPECT_EQ(After({{"Green = 1", "Green = 5"}}), Found{"enum value changed: n.Color.Green"});
  EXPECT_EQ(After({{"Color : int", "Color : short"}}).at(0), "type: n.Root.color");
}

TEST_F(SchemaRulesTest, RequiredAndIdentifier) {
  EXPECT_EQ(After({{"(id: 0, required)", "(id: 0)"}}), Found{"required: n.Root.name"});
  EXPECT_EQ(After({{"leaf: Leaf (id: 4)", "leaf: Leaf (id: 4, required)"}}),
            Found{"required: n.Root.leaf"});
  EXPECT_EQ(After({{"old: int (id: 6);", "old: int (id: 6); more: string (id: 7, required);"}}),
            Found{"new field required: n.Root.more"});
  EXPECT_EQ(After({{"ABCD", "ABCE"}}), Found{"file identifier"});
  EXPECT_EQ(After({{"root_type Root", "root_type Leaf"}}), Found{"root type"});
}

}  // namespace
}  // namespace duomo
