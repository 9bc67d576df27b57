// power_cut_test.cc: proves the physics of a power cut, by cutting the power many times: what
// may never happen does not, and what may happen does.
#include "sim/power_cut.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace innduct::sim {
namespace {

struct After {
  bool there = false;
  std::string content;
  auto operator<=>(const After&) const = default;
};

// What becomes of the file "f" that `prepare` makes, over many throws of the dice.
template <class Prepare>
std::set<After> outcomes(Survival survival, bool garbage, Prepare prepare) {
  std::set<After> result;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Timeline time;
    Disk disk(time, false);
    prepare(disk);
    Dice dice(seed);
    cut_power(disk, survival, garbage, dice);
    const FileKey file = disk.find("f");
    result.insert(file == 0 ? After{} : After{true, disk.file(file).image});
    for (const auto& [key, each] : disk.files()) {
      EXPECT_EQ(each.image, each.base);
      EXPECT_TRUE(each.changes.empty());
    }
  }
  return result;
}

const std::set<Survival> all_survivals{Survival::all, Survival::none, Survival::prefix,
                                       Survival::any, Survival::adverse};

TEST(PowerCut, NeverHarmsWhatWasSynced) {
  for (const Survival survival : all_survivals) {
    const auto seen = outcomes(survival, true, [](Disk& disk) {
      const FileKey file = disk.create("f");
      disk.append(file, "sure\n");
      disk.sync(file, disk.now());
      disk.sync_names(disk.now());
      disk.append(file, "unsure\n");
    });
    for (const After& after : seen) {
      EXPECT_TRUE(after.there) << to_text(survival);
      EXPECT_TRUE(after.content.starts_with("sure\n")) << to_text(survival);
    }
  }
}

TEST(PowerCut, MayTakeAFileWhoseNameWasNotSynced) {
  const auto prepare = [](Disk& disk) {
    const FileKey file = disk.create("f");
    disk.append(file, "sure\n");
    disk.sync(file, disk.now());
  };
  EXPECT_FALSE(outcomes(Survival::none, false, prepare).begin()->there);
  EXPECT_FALSE(outcomes(Survival::adverse, false, prepare).begin()->there);
  EXPECT_EQ(outcomes(Survival::any, false, prepare).size(), 2U);
  EXPECT_EQ(outcomes(Survival::all, false, prepare), (std::set<After>{{true, "sure\n"}}));
}

TEST(PowerCut, AdverseKeepsOverwritesAndUnlinksButNeitherAppendsNorLinks) {
  const auto seen = outcomes(Survival::adverse, false, [](Disk& disk) {
    const FileKey file = disk.create("f");
    disk.append(file, "line\n");
    disk.sync(file, disk.now());
    disk.sync_names(disk.now());
    disk.link("f", "g");
    disk.unlink("f");
  });
  EXPECT_EQ(seen, (std::set<After>{{}}));

  const auto contents = outcomes(Survival::adverse, false, [](Disk& disk) {
    const FileKey file = disk.create("f");
    disk.append(file, "one\n");
    disk.sync(file, disk.now());
    disk.sync_names(disk.now());
    disk.append(file, "two\n");
    disk.overwrite(file, 0, "   ");
    disk.overwrite(file, 4, "   ");
  });
  EXPECT_TRUE(contents.contains({true, "   \n"}));
  for (const After& after : contents) {
    EXPECT_TRUE(after.content.starts_with("   \n"));
    EXPECT_EQ(after.content.find("two"), std::string::npos);
  }
}

TEST(PowerCut, TearsAnOverwriteOnlyAtSectors) {
  const auto seen = outcomes(Survival::any, false, [](Disk& disk) {
    const FileKey file = disk.create("f");
    disk.append(file, std::string(1024, 'x'));
    disk.sync(file, disk.now());
    disk.sync_names(disk.now());
    disk.overwrite(file, 500, std::string(24, ' '));
  });
  std::string old(1024, 'x');
  std::string left = old;
  left.replace(500, 12, 12, ' ');
  std::string right = old;
  right.replace(512, 12, 12, ' ');
  std::string both = old;
  both.replace(500, 24, 24, ' ');
  EXPECT_EQ(seen, (std::set<After>{{true, old}, {true, left}, {true, right}, {true, both}}));
}

TEST(PowerCut, LeavesOfAnAppendNothingZerosGarbageOrItself) {
  const auto seen = outcomes(Survival::any, true, [](Disk& disk) {
    const FileKey file = disk.create("f");
    disk.sync_names(disk.now());
    disk.append(file, "line\n");
  });
  EXPECT_TRUE(seen.contains({true, ""}));
  EXPECT_TRUE(seen.contains({true, std::string(5, '\0')}));
  EXPECT_TRUE(seen.contains({true, "line\n"}));
  EXPECT_GT(seen.size(), 10U) << "garbage differs each time";
}

TEST(PowerCut, AnOverwriteOfBytesThatDidNotSurviveDisappears) {
  const auto seen = outcomes(Survival::any, false, [](Disk& disk) {
    const FileKey file = disk.create("f");
    disk.sync_names(disk.now());
    disk.append(file, "line\n");
    disk.overwrite(file, 0, "    ");
  });
  EXPECT_TRUE(seen.contains({true, ""}));
  EXPECT_FALSE(seen.contains({true, "    "})) << "an overwrite makes no file longer";
}

TEST(PowerCut, PrefixKeepsTheOrderOfTime) {
  const auto seen = outcomes(Survival::prefix, false, [](Disk& disk) {
    const FileKey file = disk.create("f");
    disk.sync_names(disk.now());
    disk.append(file, "a");
    disk.append(file, "b");
  });
  EXPECT_EQ(seen, (std::set<After>{{true, ""}, {true, "a"}, {true, "ab"}}));
}

}  // namespace
}  // namespace innduct::sim
