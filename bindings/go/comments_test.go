package duomo_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Whoever reads the documentation finds a comment with every exported name: of its own, behind it on its line, or of
// the group that it stands in.
func TestEveryExportedNameHasAComment(t *testing.T) {
	files := token.NewFileSet()
	_, here, _, _ := runtime.Caller(0) // the tests run in the folder of the models
	packages, err := parser.ParseDir(files, filepath.Dir(here), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	want := func(name *ast.Ident, comments ...*ast.CommentGroup) {
		if !name.IsExported() {
			return
		}
		seen++
		for _, comment := range comments {
			if strings.TrimSpace(comment.Text()) != "" {
				return
			}
		}
		t.Errorf("%v: %s has no comment", files.Position(name.Pos()), name.Name)
	}
	for name, file := range packages["duomo"].Files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type)) {
					want(d.Name, d.Doc)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						want(s.Name, s.Doc, s.Comment, d.Doc)
						fields(s, want)
					case *ast.ValueSpec:
						for _, name := range s.Names {
							want(name, s.Doc, s.Comment, d.Doc)
						}
					}
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d exported names were found", seen)
	}
}

// fields visits those of an exported struct. A comment may stand above several fields.
func fields(s *ast.TypeSpec, want func(*ast.Ident, ...*ast.CommentGroup)) {
	structure, ok := s.Type.(*ast.StructType)
	if !ok || !s.Name.IsExported() {
		return
	}
	for _, field := range structure.Fields.List {
		for _, name := range field.Names {
			want(name, field.Doc, field.Comment)
		}
	}
}

func receiver(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
