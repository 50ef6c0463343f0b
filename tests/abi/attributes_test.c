/* Attributes: what there are, their values, and filters by them. fixtures.h says what items have.
 */
#include <float.h>

#include "check.h"
#include "results.h"

static int64_t id_of(size_t row) { return 1000 + 3 * (int64_t)row; } /* of the shop's items */

static int is_text(duomo_text text, const char* expected) {
  return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

static void test_list(void) {
  static const char* names[5] = {"price", "year", "added", "brand", "labels"};
  static const int32_t kinds[5] = {DUOMO_ATTRIBUTE_NUMBER, DUOMO_ATTRIBUTE_INTEGER,
                                   DUOMO_ATTRIBUTE_TIME, DUOMO_ATTRIBUTE_CATEGORY,
                                   DUOMO_ATTRIBUTE_SET};
  duomo_model *shop = open_model("shop"), *joint = open_model("joint");
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  duomo_attribute_info attribute = DUOMO_ATTRIBUTE_INFO_INIT;
  size_t i;
  SUCCEEDS(duomo_model_get_info(&info, shop, &error));
  CHECK(info.attribute_count == 5);
  for (i = 0; i < 5; ++i) {
    SUCCEEDS(duomo_model_get_attribute(&attribute, shop, i, &error));
    CHECK(is_text(attribute.name, names[i]) && attribute.kind == kinds[i]);
    CHECK(attribute.value_count == (i < 3 ? 0 : 3));
    CHECK(attribute.struct_size == sizeof(attribute));
  }
  FAILS(DUOMO_NOT_FOUND, "the model has 5 attributes",
        duomo_model_get_attribute(&attribute, shop, 5, &error));
  FAILS(DUOMO_NOT_FOUND, "the model has 0 attributes",
        duomo_model_get_attribute(&attribute, joint, 0, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "out", duomo_model_get_attribute(NULL, shop, 0, &error));
  attribute.struct_size = 3;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT", duomo_model_get_attribute(&attribute, shop, 0, &error));
  duomo_model_release(shop);
  duomo_model_release(joint);
}

static void test_values(void) {
  static const char* brands[3] = {"acme", "blau", "größe"};
  duomo_model* shop = open_model("shop");
  int64_t ids[ITEMS + 1], integers[ITEMS + 1];
  double numbers[ITEMS + 1];
  duomo_text texts[ITEMS + 1], set[3];
  size_t row, count = 9;
  for (row = 0; row < ITEMS; ++row) ids[row] = id_of(row);
  ids[ITEMS] = 5; /* nobody's */
  SUCCEEDS(duomo_attribute_numbers(numbers, shop, "price", ids, ITEMS + 1, &error));
  for (row = 0; row < ITEMS; ++row) {
    CHECK(row % 10 == 9 ? isnan(numbers[row]) : numbers[row] == 1 + 0.5 * (double)row);
  }
  CHECK(isnan(numbers[ITEMS]));
  SUCCEEDS(duomo_attribute_numbers(numbers, shop, "year", ids, ITEMS + 1, &error));
  SUCCEEDS(duomo_attribute_integers(integers, shop, "year", ids, ITEMS + 1, &error));
  for (row = 0; row < ITEMS; ++row) {
    CHECK(integers[row] == (row % 7 == 6 ? INT64_MIN : 1980 + (int64_t)row));
    CHECK(row % 7 == 6 ? isnan(numbers[row]) : numbers[row] == 1980 + (double)row);
  }
  CHECK(integers[ITEMS] == INT64_MIN && isnan(numbers[ITEMS]));
  SUCCEEDS(duomo_attribute_integers(integers, shop, "added", ids, ITEMS, &error));
  CHECK(integers[2] == 1600000000 + 2 * 86400);
  SUCCEEDS(duomo_attribute_texts(texts, shop, "brand", ids, ITEMS + 1, &error));
  for (row = 0; row < ITEMS; ++row) {
    CHECK(row % 4 == 3 ? texts[row].data == NULL && texts[row].size == 0
                       : is_text(texts[row], brands[row % 3]));
  }
  CHECK(texts[ITEMS].data == NULL);
  SUCCEEDS(duomo_attribute_set(&count, set, 3, shop, "labels", id_of(4), &error));
  CHECK(count == 3 && is_text(set[0], "new") && is_text(set[1], "sale") &&
        is_text(set[2], "vegan"));
  poison(set, sizeof(set));
  SUCCEEDS(duomo_attribute_set(&count, set, 1, shop, "labels", id_of(4), &error));
  CHECK(count == 3 && is_text(set[0], "new") && poisoned(set + 1, sizeof(set[1])));
  SUCCEEDS(duomo_attribute_set(&count, NULL, 0, shop, "labels", id_of(5), &error));
  CHECK(count == 0);
  SUCCEEDS(duomo_attribute_set(&count, set, 3, shop, "labels", 5, &error));
  CHECK(count == 0);
  SUCCEEDS(duomo_attribute_set(&count, set, 3, shop, "brand", id_of(1), &error));
  CHECK(count == 1 && is_text(set[0], "blau"));
  SUCCEEDS(duomo_attribute_set(&count, set, 3, shop, "brand", id_of(3), &error));
  CHECK(count == 0);
  SUCCEEDS(duomo_attribute_numbers(NULL, shop, "price", NULL, 0, &error));

  poison(numbers, sizeof(numbers));
  FAILS(DUOMO_NOT_FOUND, "no attribute \"tags\"", /* it is an input */
        duomo_attribute_numbers(numbers, shop, "tags", ids, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "\"brand\" is a category",
        duomo_attribute_numbers(numbers, shop, "brand", ids, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "\"price\" is a number",
        duomo_attribute_integers(integers, shop, "price", ids, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "\"labels\" is a set",
        duomo_attribute_texts(texts, shop, "labels", ids, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "\"added\" is a time",
        duomo_attribute_set(&count, set, 3, shop, "added", ids[0], &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "item_ids is NULL",
        duomo_attribute_numbers(numbers, shop, "price", NULL, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "values is NULL",
        duomo_attribute_numbers(NULL, shop, "price", ids, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "attribute is NULL",
        duomo_attribute_numbers(numbers, shop, NULL, ids, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "count is NULL",
        duomo_attribute_set(NULL, set, 3, shop, "labels", ids[0], &error));
  CHECK(poisoned(numbers, sizeof(numbers)));
  duomo_model_release(shop);
}

/* How many items of the shop a filter leaves, and that they are those for which `holds`. */
static void check_filter(duomo_model* model, const duomo_filter* filter, int (*holds)(size_t row)) {
  duomo_item_set* set = NULL;
  size_t row, count = 0;
  SUCCEEDS(duomo_item_set_from_filters(&set, model, filter, 1, &error));
  for (row = 0; row < ITEMS; ++row) {
    CHECK(duomo_item_set_contains(set, id_of(row)) == holds(row));
    count += (size_t)holds(row);
  }
  CHECK(duomo_item_set_count(set) == count);
  duomo_item_set_release(set);
}

static int cheap(size_t row) { return row <= 8; }                /* 1 … 5 */
static int dear(size_t row) { return row > 8 && row % 10 != 9; } /* above 5 */
static int with_price(size_t row) { return row % 10 != 9; }
static int with_year(size_t row) { return row % 7 != 6; }
static int nineties(size_t row) { return row >= 10 && row < 20 && row % 7 != 6; }
static int after_1990(size_t row) { return row > 10 && row % 7 != 6; }
static int first_days(size_t row) { return row <= 2; }
static int is_blau(size_t row) { return row % 3 == 1 && row % 4 != 3; }
static int not_blau(size_t row) { return !is_blau(row); }
static int new_and_sale(size_t row) { return row % 5 == 2 || row % 5 == 4; }
static int nothing(size_t row) { return row > ITEMS; }
static int everything(size_t row) { return row < ITEMS; }
static int odd(size_t row) { return row % 2 == 0; } /* value "x" of the attribute "tags" */

static void test_filters(void) {
  duomo_model *shop = open_model("shop"), *twice = open_model("twice");
  const char *blau[2] = {"blau", "unheard of"}, *labels[2] = {"new", "sale"}, *x[1] = {"x"};
  duomo_filter f = DUOMO_FILTER_INIT;
  duomo_item_set* set = NULL;
  f.mode = DUOMO_RANGE;
  f.input = "price";
  f.minimum = -INFINITY;
  f.maximum = 5;
  check_filter(shop, &f, cheap);
  f.minimum = 5, f.maximum = INFINITY, f.flags = DUOMO_ABOVE_MINIMUM;
  check_filter(shop, &f, dear);
  f.minimum = -INFINITY, f.flags = 0;
  check_filter(shop, &f, with_price);
  f.minimum = DBL_MAX;
  check_filter(shop, &f, nothing);
  f.minimum = 5, f.maximum = 4;
  check_filter(shop, &f, nothing);
  f.minimum = f.maximum = -INFINITY, f.flags = DUOMO_BELOW_MAXIMUM;
  check_filter(shop, &f, nothing);
  f.minimum = f.maximum = INFINITY, f.flags = DUOMO_ABOVE_MINIMUM;
  check_filter(shop, &f, nothing);
  f.input = "year", f.minimum = 1990, f.maximum = 2000, f.flags = DUOMO_BELOW_MAXIMUM;
  check_filter(shop, &f, nineties);
  f.minimum = 1989.25, f.maximum = 1999.75; /* between whole numbers */
  check_filter(shop, &f, nineties);
  f.minimum = 1990, f.maximum = INFINITY, f.flags = DUOMO_ABOVE_MINIMUM;
  check_filter(shop, &f, after_1990);
  f.minimum = -INFINITY, f.flags = 0; /* a missing one is in no range */
  check_filter(shop, &f, with_year);
  f.minimum = 9.3e18, f.maximum = INFINITY;
  check_filter(shop, &f, nothing);
  f.minimum = -INFINITY, f.maximum = -9223372036854775808.0;
  check_filter(shop, &f, nothing);
  f.input = "added", f.maximum = 1600000000 + 2 * 86400;
  check_filter(shop, &f, first_days);

  memset(&f, 0, sizeof(f));
  f.struct_size = sizeof(f);
  f.input = "brand", f.strings = blau, f.value_count = 2;
  check_filter(shop, &f, is_blau); /* what nobody has changes nothing */
  f.mode = DUOMO_NONE;
  check_filter(shop, &f, not_blau);
  f.mode = DUOMO_ALL;
  check_filter(shop, &f, nothing);
  f.mode = DUOMO_ANY, f.flags = DUOMO_STRICT_VALUES;
  FAILS(DUOMO_NOT_FOUND, "\"brand\" has no value \"unheard of\"",
        duomo_item_set_from_filters(&set, shop, &f, 1, &error));
  f.value_count = 1;
  check_filter(shop, &f, is_blau);
  f.flags = 0, f.value_count = 0;
  check_filter(shop, &f, nothing);
  f.mode = DUOMO_ALL;
  check_filter(shop, &f, everything);
  f.input = "labels", f.strings = labels, f.value_count = 2;
  check_filter(shop, &f, new_and_sale);
  f.mode = DUOMO_ANY, f.input = "tags", f.strings = x, f.value_count = 1;
  check_filter(shop, &f, nothing); /* the input has no such value */
  check_filter(twice, &f, odd);    /* the attribute is meant, and not the input */

  f.input = "price";
  FAILS(DUOMO_INVALID_ARGUMENT, "\"price\" is a number",
        duomo_item_set_from_filters(&set, shop, &f, 1, &error));
  f.input = "brand", f.flags = DUOMO_ABOVE_MINIMUM;
  FAILS(DUOMO_INVALID_ARGUMENT, "go with DUOMO_RANGE",
        duomo_item_set_from_filters(&set, shop, &f, 1, &error));
  f.flags = 8;
  FAILS(DUOMO_INVALID_ARGUMENT, ".flags", duomo_item_set_from_filters(&set, shop, &f, 1, &error));
  f.flags = 0, f.reserved = 1;
  FAILS(DUOMO_INVALID_ARGUMENT, "reserved", duomo_item_set_from_filters(&set, shop, &f, 1, &error));
  f.reserved = 0, f.mode = DUOMO_RANGE;
  FAILS(DUOMO_INVALID_ARGUMENT, "no values",
        duomo_item_set_from_filters(&set, shop, &f, 1, &error));
  f.value_count = 0;
  FAILS(DUOMO_INVALID_ARGUMENT, "\"brand\" has listed values",
        duomo_item_set_from_filters(&set, shop, &f, 1, &error));
  f.input = "tags";
  FAILS(DUOMO_INVALID_ARGUMENT, "\"tags\" has listed values",
        duomo_item_set_from_filters(&set, shop, &f, 1, &error));
  f.input = "price", f.maximum = NAN;
  FAILS(DUOMO_INVALID_ARGUMENT, "NaN", duomo_item_set_from_filters(&set, shop, &f, 1, &error));
  CHECK(set == NULL);
  duomo_model_release(shop);
  duomo_model_release(twice);
}

/* In a search, together with a filter by an input. */
static void test_searching(void) {
  duomo_model* shop = open_model("shop");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t user = 5;
  const char* red[1] = {"red"};
  duomo_filter filters[2] = {DUOMO_FILTER_INIT, DUOMO_FILTER_INIT};
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  results all, r;
  duomo_topk_result out = into(&all);
  size_t i, found = 0;
  q.count = 1;
  q.ids = &user;
  q.k = ITEMS;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  filters[0].mode = DUOMO_RANGE;
  filters[0].input = "price";
  filters[0].maximum = 5;
  filters[1].input = "tags";
  filters[1].strings = red;
  filters[1].value_count = 1;
  q.filters = filters;
  q.filter_count = 2;
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  for (i = 0; i < ITEMS; ++i) {
    size_t row = (size_t)(all.ids[i] - 1000) / 3;
    if (!cheap(row) || row % 3 != 0) continue;
    CHECK(r.ids[found] == all.ids[i] && bits_of(r.scores[found]) == bits_of(all.scores[i]));
    ++found;
  }
  CHECK(found == 3 && r.counts[0] == found);
  duomo_context_release(context);
  duomo_model_release(shop);
}

void test_attributes(void) {
  test_list();
  test_values();
  test_filters();
  test_searching();
}
