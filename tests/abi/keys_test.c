/* Ids by row, string keys, titles. */
#include "check.h"

static int same(duomo_text text, const char* expected) {
  return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

void test_keys(void) {
  duomo_model *shop = open_model("shop"), *player = open_model("player");
  int64_t id = -5;
  duomo_text text = {NULL, 77};
  SUCCEEDS(duomo_item_id_at(&id, shop, 2, &error));
  CHECK(id == 1006);
  SUCCEEDS(duomo_user_id_at(&id, shop, USERS - 1, &error));
  CHECK(id == USERS);
  SUCCEEDS(duomo_item_id_at(&id, player, 7, &error));
  CHECK(id == duomo_id_of_string("i7"));
  SUCCEEDS(duomo_item_id_of_key(&id, player, "i31", &error));
  CHECK(id == duomo_id_of_string("i31"));
  SUCCEEDS(duomo_user_id_of_key(&id, player, "u10", &error));
  CHECK(id == duomo_id_of_string("u10"));
  id = -5;
  FAILS(DUOMO_NOT_FOUND, "40", duomo_item_id_at(&id, shop, ITEMS, &error));
  FAILS(DUOMO_NOT_FOUND, "12", duomo_user_id_at(&id, shop, USERS, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "model", duomo_user_id_at(&id, NULL, 0, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "id", duomo_user_id_at(NULL, shop, 0, &error));
  FAILS(DUOMO_NOT_FOUND, "\"i99\"", duomo_item_id_of_key(&id, player, "i99", &error));
  FAILS(DUOMO_NOT_FOUND, "user", duomo_user_id_of_key(&id, player, "", &error));
  FAILS(DUOMO_UNSUPPORTED, "integers", duomo_item_id_of_key(&id, shop, "1000", &error));
  FAILS(DUOMO_UNSUPPORTED, "integers", duomo_user_id_of_key(&id, shop, "1", &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "key", duomo_item_id_of_key(&id, player, NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "UTF-8", duomo_item_id_of_key(&id, player, "\xC3", &error));
  CHECK(id == -5);

  SUCCEEDS(duomo_item_key(&text, player, duomo_id_of_string("i31"), &error));
  CHECK(same(text, "i31"));
  SUCCEEDS(duomo_user_key(&text, player, duomo_id_of_string("u0"), &error));
  CHECK(same(text, "u0"));
  SUCCEEDS(duomo_item_title(&text, shop, 1006, &error));
  CHECK(same(text,
             "Gro\xC3\x9F"
             "e Lampe 2"));
  text.size = 77;
  FAILS(DUOMO_NOT_FOUND, "40", duomo_item_key(&text, player, ITEMS, &error));
  FAILS(DUOMO_NOT_FOUND, "-1", duomo_user_key(&text, player, -1, &error));
  FAILS(DUOMO_UNSUPPORTED, "integers", duomo_item_key(&text, shop, 1000, &error));
  FAILS(DUOMO_UNSUPPORTED, "integers", duomo_user_key(&text, shop, 1, &error));
  FAILS(DUOMO_NOT_FOUND, "1001", duomo_item_title(&text, shop, 1001, &error));
  FAILS(DUOMO_UNSUPPORTED, "titles",
        duomo_item_title(&text, player, duomo_id_of_string("i0"), &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "title", duomo_item_title(NULL, shop, 1000, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "model", duomo_item_title(&text, NULL, 1000, &error));
  CHECK(text.size == 77);
  duomo_model_release(shop);
  duomo_model_release(player);
}
