// spool_layout_test.cc: what is read of INN's two files, and what is left out.
#include "io/inn/spool_layout.h"

#include <gtest/gtest.h>

#include "temp_dir.h"

namespace innduct::io {
namespace {

TEST(SpoolLayout, GroupsAreFoundByNumber) {
  const auto groups = parse_tradspool_map("misc/test 1\nalt.x.y 3\nbroken\nalso -1\nso 4x\n 5\n");
  EXPECT_EQ(groups, (std::vector<std::string>{"", "misc/test", "", "alt/x/y"}));
  EXPECT_TRUE(parse_tradspool_map("").empty());
  EXPECT_TRUE(parse_tradspool_map("a 4000000000\n").empty());
}

TEST(SpoolLayout, CycbuffsAreFoundByName) {
  const auto cycbuffs = parse_cycbuff_conf(
      "# comment\ncycbuffupdate:25\ncycbuff:ONE:/dev/one:4096\ncycbuff:TWO:/x\ncycbuff:\n"
      "metacycbuff:RING:ONE\ncycbuff:THREE:/y:1");
  EXPECT_EQ(cycbuffs, (std::vector<SpoolLayout::Cycbuff>{{"ONE", "/dev/one"}, {"THREE", "/y"}}));
}

TEST(SpoolLayout, AChangedMapIsNoticed) {
  const test::TempDir dir;
  const InnConfig config{.path_spool = dir.path(), .path_etc = dir.path()};
  const SpoolLayout none = read_spool_layout(config);
  EXPECT_TRUE(none.groups.empty());
  EXPECT_FALSE(map_has_changed(none, config));
  dir.write("tradspool.map", "misc/test 1\n");
  EXPECT_TRUE(map_has_changed(none, config));
  const SpoolLayout one = read_spool_layout(config);
  EXPECT_EQ(one.groups.size(), 2u);
  EXPECT_FALSE(map_has_changed(one, config));
}

}  // namespace
}  // namespace innduct::io
