// message_id_test.cc: which message-ids may be offered, and what torn writes may leave of one.
// The torn ones are proved twice: by a table, and by cutting valid ids at every octet; what no
// cut can produce, by trying to complete it in every way that matters.
#include "core/message_id.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "samples.h"

namespace innduct::core {
namespace {

struct Case {
  std::string text;
  bool is;
};

TEST(MessageIdTest, TellsMessageIds) {
  const std::vector<Case> cases{
      {"<a@b>", true},
      {"<20240101.1234$abc@news.example.com>", true},
      {"<a@b@c>", true},
      {"<a@@>", true},  // the first `@` has something on both sides
      {"<@@b>", true},
      {"<a<b@c>", true},  // RFC 3977 9.8 forbids `>` inside, not `<`
      {"<!@~>", true},
      {"<\"a\\b\"@[127.0.0.1]>", true},
      {message_id_of_size(249), true},
      {message_id_of_size(250), true},
      {message_id_of_size(251), false},
      {"", false},
      {"<", false},
      {">", false},
      {"<>", false},
      {"<@>", false},
      {"<a@>", false},
      {"<@b>", false},
      {"<ab@>", false},
      {"<@ab>", false},
      {"<abc>", false},
      {"a@b", false},
      {"<a@b", false},
      {"a@b>", false},
      {"<a@b> ", false},
      {" <a@b>", false},
      {"<a@b>>", false},
      {"<a>@b>", false},
      {"<a b@c>", false},
      {"<a\t@c>", false},
      {"<a@b\r>", false},
      {"<a@b>\r", false},
      {"<a\x7f@b>", false},
      {"<a\x80@b>", false},
      {"<\xc3\xa4@b>", false},
      {"<a@b\xff>", false},
      {"<a" + nuls(1) + "@b>", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(is_message_id(c.text), c.is) << testing::PrintToString(c.text);
  }
}

TEST(MessageIdTest, EveryOctetInsideIsJudged) {
  for (int octet = 0; octet < 256; ++octet) {
    const bool allowed = octet > 0x20 && octet < 0x7f && octet != '>';
    const std::string text = std::string("<a") + static_cast<char>(octet) + "@b>";
    EXPECT_EQ(is_message_id(text), allowed) << octet;
  }
}

TEST(MessageIdTest, MeasuresTheOneAtTheStart) {
  struct Measure {
    std::string text;
    std::size_t length;
  };
  const std::vector<Measure> cases{
      {"<a@b>", 5},
      {"<a@b>\r", 5},
      {"<a@b> fields", 5},
      {"<a@b>>", 5},
      {"<a@b><c@d>", 5},
      {message_id_of_size(250) + "x", 250},
      {message_id_of_size(251), 0},
      {"<" + std::string(300, 'a') + "@b>", 0},
      {"", 0},
      {"<", 0},
      {"<a@b", 0},
      {"x<a@b>", 0},
      {" <a@b>", 0},
      {"<ab><c@d>", 0},
      {"<a b@c>", 0},
  };
  for (const Measure& c : cases) {
    EXPECT_EQ(message_id_length(c.text), c.length) << testing::PrintToString(c.text);
  }
}

TEST(MessageIdTest, EveryCutOfAnIdIsKnown) {
  for (const std::string& id :
       {std::string("<a@b>"), std::string("<ab@cd>"), std::string("<@@@>"), std::string("<a<b@@c>"),
        message_id_of_size(250), "<" + std::string(246, 'a') + "@b>"}) {
    for (std::size_t cut = 1; cut < id.size(); ++cut) {
      EXPECT_TRUE(is_message_id_prefix(id.substr(0, cut))) << id << " " << cut;
      EXPECT_TRUE(is_message_id_prefix(id.substr(0, cut), id.size())) << id << " " << cut;
      EXPECT_TRUE(is_message_id_suffix(id.substr(cut))) << id << " " << cut;
      EXPECT_TRUE(is_message_id_suffix(id.substr(cut), id.size())) << id << " " << cut;
    }
  }
}

// Completes `text` to `size` octets with every filling of a small alphabet.
bool can_be_completed(const std::string& text, std::size_t size, bool at_start) {
  const std::string alphabet = "<a@>";
  std::size_t fillings = 1;
  for (std::size_t i = text.size(); i < size; ++i) {
    fillings *= alphabet.size();
  }
  for (std::size_t filling = 0; filling < fillings; ++filling) {
    std::string rest;
    for (std::size_t left = filling; rest.size() < size - text.size(); left /= alphabet.size()) {
      rest += alphabet[left % alphabet.size()];
    }
    if (is_message_id(at_start ? text + rest : rest + text)) {
      return true;
    }
  }
  return false;
}

TEST(MessageIdTest, ShortTornIdsAreThoseThatCanBeCompleted) {
  const std::string alphabet = "<a@> ";
  for (std::size_t length = 1; length <= 5; ++length) {
    std::size_t texts = 1;
    for (std::size_t i = 0; i < length; ++i) {
      texts *= alphabet.size();
    }
    for (std::size_t number = 0; number < texts; ++number) {
      std::string text;
      for (std::size_t left = number; text.size() < length; left /= alphabet.size()) {
        text += alphabet[left % alphabet.size()];
      }
      for (std::size_t size = length + 1; size <= length + 4; ++size) {
        EXPECT_EQ(is_message_id_prefix(text, size), can_be_completed(text, size, true))
            << text << " of " << size;
        EXPECT_EQ(is_message_id_suffix(text, size), can_be_completed(text, size, false))
            << text << " of " << size;
      }
    }
  }
}

TEST(MessageIdTest, TornIdsKeepTheLimits) {
  const std::string a247(247, 'a');
  EXPECT_TRUE(is_message_id_prefix("<" + std::string(246, 'a')));  // and `@b>`
  EXPECT_FALSE(is_message_id_prefix("<" + a247));                  // no room for `@b>`
  EXPECT_TRUE(is_message_id_prefix("<" + std::string(246, 'a') + "@b"));
  EXPECT_FALSE(is_message_id_prefix("<" + a247 + "@"));
  EXPECT_TRUE(is_message_id_suffix(std::string(246, 'a') + ">"));  // and `<b@`
  EXPECT_FALSE(is_message_id_suffix(a247 + ">"));
  EXPECT_TRUE(is_message_id_suffix("b@" + std::string(246, 'a') + ">"));
  EXPECT_FALSE(is_message_id_suffix("@" + a247 + "a>"));
  EXPECT_FALSE(is_message_id_prefix(message_id_of_size(250)));  // whole is not torn
  EXPECT_FALSE(is_message_id_suffix(message_id_of_size(250)));
  EXPECT_FALSE(is_message_id_prefix("<a", 4));  // no id is that short
  EXPECT_FALSE(is_message_id_suffix("a>", 4));
  EXPECT_FALSE(is_message_id_prefix("<a", 251));  // nor that long
  EXPECT_FALSE(is_message_id_suffix("a>", 251));
  EXPECT_FALSE(is_message_id_prefix(""));
  EXPECT_FALSE(is_message_id_suffix(""));
  EXPECT_FALSE(is_message_id_prefix("<a\x80"));
  EXPECT_FALSE(is_message_id_suffix("\x80>"));
  EXPECT_FALSE(is_message_id_prefix("<a" + nuls(1)));
}

}  // namespace
}  // namespace innduct::core
