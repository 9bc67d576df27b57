// top_view.cc: head, chart, figures, and lists as long as there is room.
#include "app/top_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "app/chart.h"
#include "app/figures.h"
#include "core/cat.h"
#include "core/counters.h"

namespace innduct::app {
namespace {

using core::cat;
using core::Counters;
using io::Sample;
using Lines = std::vector<Line>;

// So long an answer may take before that is said.
constexpr io::Seconds silence_max = 3;
// So long an error is news.
constexpr io::Seconds recent = 600;

// ---------------------------------------------------------------- the head

// `right` at the right margin, if there is room.
Line two_ends(Line left, std::string_view right, std::size_t columns) {
  if (left.size() + right.size() + 2 <= columns) {
    put_up_to(columns, left, right, Look::dim);
  }
  return left;
}

Lines head(const Watched& watched, std::size_t columns) {
  const Sample& now = watched.now;
  Line title;
  put(title, now.site, Look::strong);
  if (now.peer != now.site) {
    put(title, " -> ");
    put(title, now.peer, Look::strong);
  }
  Line state;
  if (watched.silent_for >= silence_max) {
    put(state, cat("innduct has not answered for ", seconds_text(watched.silent_for)), Look::bad);
  } else if (now.troubles.empty()) {
    put(state, cat(now.state, ": all is well"), Look::good);
  } else {
    put(state, cat(now.state, ": something to look at"), Look::bad);
  }
  if (now.finish_in) {
    put(state, cat(", finished by force in ", seconds_text(*now.finish_in)));
  }
  Lines lines{two_ends(title, cat("running for ", seconds_text(now.running_for)), columns),
              two_ends(state, "q ends", columns)};
  for (const std::string& trouble : now.troubles) {
    std::string_view mark = "! ";
    for (const std::string& piece : wrap(trouble, std::max(columns, std::size_t{3}) - 2)) {
      put(lines.emplace_back(), cat(std::exchange(mark, "  "), piece), Look::bad);
    }
  }
  return lines;
}

// ---------------------------------------------------------------- figures

constexpr std::size_t counts_columns = 47;
constexpr std::size_t waiting_columns = 28;

double difference(std::uint64_t later, std::uint64_t earlier) {
  return later > earlier ? static_cast<double>(later - earlier) : 0.0;
}

// Since the sample before, in the last minute, in all.
Lines counts(const Watched& watched) {
  const Sample& now = watched.now;
  constexpr std::size_t now_end = 22;
  constexpr std::size_t minute_end = 34;
  Lines lines(1);
  put_up_to(now_end, lines[0], "now", Look::dim);
  put_up_to(minute_end, lines[0], "last min", Look::dim);
  put_up_to(counts_columns, lines[0], "in all", Look::dim);
  const io::Seconds passed = watched.before ? now.running_for - watched.before->running_for : 0;
  const auto add = [&](std::string_view name, std::uint64_t Counters::*what, auto per_second,
                       const std::string& all) {
    const Look look = now.counters.*what == 0 ? Look::dim : Look::plain;
    Line& line = lines.emplace_back();
    put(line, name, look);
    put_up_to(
        now_end, line,
        passed > 0
            ? per_second(difference(now.counters.*what, watched.before->counters.*what) / passed)
            : "-",
        look);
    put_up_to(minute_end, line,
              per_second(static_cast<double>(now.minute.*what) / std::max(now.minute_took, 1.0)),
              look);
    put_up_to(counts_columns, line, all, look);
  };
  for (const auto what : {&Counters::accepted, &Counters::unwanted, &Counters::rejected,
                          &Counters::deferred, &Counters::missing, &Counters::quarantined}) {
    add(
        core::name_of(what), what, [](double rate) { return cat(decimal_text(rate), " /s"); },
        count_text(now.counters.*what));
  }
  add(
      "sent", &Counters::bytes, [](double rate) { return cat(bytes_text(rate), "/s"); },
      bytes_text(static_cast<double>(now.counters.bytes)));
  return lines;
}

// When what waits will be done.
std::string done_in(const Sample& now) {
  if (now.backlog_left + now.defer_bytes == 0) {
    return "nothing waits";
  }
  if (now.backlog_done_in) {
    return seconds_text(*now.backlog_done_in);
  }
  return now.backlog_left > 0 ? "no end in sight" : "waits for its time";
}

// What is still to be done.
Lines waiting(const Sample& now) {
  Lines lines;
  const auto add = [&](std::string_view name, const std::string& text, Look look) {
    put(lines.emplace_back(), name, look == Look::bad ? Look::plain : look);
    put_up_to(waiting_columns, lines.back(), text, look);
  };
  const auto look = [](bool any) { return any ? Look::plain : Look::dim; };
  add("queued", count_text(now.queued), look(now.queued > 0));
  add("in flight", count_text(now.in_flight), look(now.in_flight > 0));
  add("deferring", count_text(now.deferring), look(now.deferring > 0));
  const bool owed = now.backlog_files > 0 || now.defer_bytes > 0;
  add("backlog files", count_text(now.backlog_files), look(owed));
  add("  left to read",
      bytes_text(static_cast<double>(now.backlog_left) + static_cast<double>(now.defer_bytes)),
      look(owed));
  add("  oldest", now.backlog_age ? seconds_text(*now.backlog_age) : "-", look(owed));
  add("  done in", done_in(now), look(owed));
  add("quarantine",
      cat(count_text(now.in_quarantine),
          now.suspects > 0 ? cat(", suspects ", count_text(now.suspects)) : ""),
      now.in_quarantine > 0 ? Look::bad : look(now.suspects > 0));
  return lines;
}

Line took(std::string_view name, const io::TookSample& times) {
  Line line;
  if (!times.p50 || !times.p90 || !times.p99) {
    put(line, cat(name, "nothing was answered in the last minutes"), Look::dim);
    return line;
  }
  put(line, cat(name, "half within ", seconds_text(*times.p50), ", 90 % ", seconds_text(*times.p90),
                ", 99 % ", seconds_text(*times.p99)));
  return line;
}

// ---------------------------------------------------------------- lists

struct Section {
  Line title;
  std::vector<Lines> entries;

  std::size_t rows() const {
    std::size_t all = 1;
    for (const Lines& entry : entries) {
      all += entry.size();
    }
    return all;
  }
};

// Whole entries, but for the first, as long as there is room, and how many more there are.
void add(Lines& lines, const Section& section, std::size_t room) {
  const std::size_t end = lines.size() + room;
  if (room > 0) {
    lines.push_back(section.title);
  }
  for (std::size_t i = 0; i < section.entries.size() && lines.size() < end; ++i) {
    Lines entry = section.entries[i];
    const std::size_t left = section.entries.size() - i;
    const std::size_t free = end - lines.size() - (left > 1 ? 1 : 0);
    if (i == 0 && free > 0 && entry.size() > free) {
      const Line rest = entry[free];
      entry.resize(free);
      entry.back().insert(entry.back().end(), rest.begin(), rest.end());  // will be cut, and marked
    }
    if (entry.size() > free) {
      put(lines.emplace_back(), cat("and ", left, " more"), Look::dim);
      return;
    }
    lines.insert(lines.end(), entry.begin(), entry.end());
  }
}

// A column of figures.
struct Column {
  std::string_view head;
  std::size_t width;
};

std::size_t width(const std::vector<Column>& columns) {
  std::size_t all = 0;
  for (const Column& each : columns) {
    all += each.width;
  }
  return all;
}

// A name, and its figures, if there are any.
Line row(std::string_view name, std::size_t name_columns, const std::vector<Column>& columns,
         const std::vector<std::string>& figures, Look look, char32_t mark) {
  Line line;
  put(line, name, look);
  if (!figures.empty()) {
    cut(line, name_columns, mark);
  }
  std::size_t end = name_columns;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    end += columns[i].width;
    put_up_to(end, line, figures[i], look);
  }
  return line;
}

// What is left to names beside `others` columns: of 80, or of more if names are long.
template <class Each>
std::size_t name_columns(const std::vector<Each>& all, std::string Each::*name, std::size_t columns,
                         std::size_t others) {
  std::size_t longest = 0;
  for (const Each& each : all) {
    longest = std::max(longest, (each.*name).size());
  }
  const std::size_t wanted = std::max(longest + others, std::size_t{80});
  return std::max(std::min(wanted, columns), others + 16) - others;
}

std::vector<std::string> heads(const std::vector<Column>& columns) {
  std::vector<std::string> all;
  for (const Column& each : columns) {
    all.emplace_back(each.head);
  }
  return all;
}

Section connections(const Sample& now, std::size_t columns, char32_t mark) {
  const std::vector<Column> figures{{"check", 7},  {"fetch", 6}, {"ready", 6}, {"take", 6},
                                    {"unsent", 8}, {"open", 8},  {"idle", 8}};
  const std::size_t names =
      name_columns(now.connections, &io::ConnectionSample::address, columns, width(figures));
  const std::size_t count = now.connections.size();
  const std::string title =
      cat("connections: ", count, now.no_check ? ", no CHECK" : "",
          now.connect_failures > 0 ? cat(", ", count_text(now.connect_failures), " failed in a row")
                                   : "");
  Section section;
  section.title = row(title, names, figures,
                      count > 0 ? heads(figures) : std::vector<std::string>{}, Look::dim, mark);
  for (const io::ConnectionSample& each : now.connections) {
    section.entries.push_back(
        {row(each.address, names, figures,
             {count_text(each.checking), count_text(each.fetching), count_text(each.ready),
              count_text(each.taking), bytes_text(static_cast<double>(each.unsent_bytes)),
              seconds_text(each.open_for), seconds_text(each.idle_for)},
             Look::plain, mark)});
  }
  return section;
}

Section errors(const Sample& now, std::size_t columns) {
  constexpr std::size_t indent = 14;
  constexpr std::size_t rows_max = 3;
  Section section;
  put(section.title, now.errors.empty() ? "no warnings or errors" : "warnings and errors",
      Look::dim);
  for (const io::ErrorSample& each : now.errors) {
    const Look look = each.last_ago > recent    ? Look::plain
                      : each.level == "warning" ? Look::warning
                                                : Look::bad;
    const std::string times = each.count > 1 ? cat(", ", count_text(each.count), " times") : "";
    Lines lines;
    for (const std::string& piece :
         wrap(cat(each.level, times, ": ", each.text), std::max(columns, 2 * indent) - indent)) {
      if (lines.size() < rows_max) {
        lines.emplace_back(indent);
      } else {
        put(lines.back(), " ", look);  // too long now: it will be cut, and that be seen
      }
      put(lines.back(), piece, look);
    }
    Line age;
    put_up_to(indent - 2, age, cat(seconds_text(each.last_ago), " ago"), look);
    std::ranges::copy(age, lines[0].begin());
    section.entries.push_back(std::move(lines));
  }
  return section;
}

Section files(const Sample& now, std::size_t columns, char32_t mark) {
  const std::vector<Column> figures{{"size", 10}, {"read", 10}, {"in memory", 12}};
  const std::size_t names = name_columns(now.files, &io::FileSample::name, columns, width(figures));
  Section section;
  section.title =
      row(cat("files: ", now.files.size()), names, figures, heads(figures), Look::dim, mark);
  for (const io::FileSample& each : now.files) {
    section.entries.push_back(
        {row(each.name, names, figures,
             {bytes_text(static_cast<double>(std::max(each.size_at_open, each.read_to))),
              bytes_text(static_cast<double>(each.read_to)), count_text(each.in_core)},
             Look::plain, mark)});
  }
  return section;
}

}  // namespace

std::vector<Line> top_view(const Watched& watched, const Terminal& terminal) {
  const auto& [columns, rows, unicode, colours] = terminal;
  const Sample& now = watched.now;
  const char32_t mark = unicode ? U'\u2026' : U'>';
  const bool tall = rows >= 30;
  Lines lines = head(watched, columns);
  const auto gap = [&](std::size_t rows_min) {
    lines.resize(lines.size() + (rows >= rows_min ? 1 : 0));
  };
  const auto append = [&](const Lines& more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };

  gap(24);
  append(chart(now.accepted_in_each, now.history_step,
               {columns, tall ? std::min<std::size_t>(rows / 3 - 8, 8) : 1, unicode}));
  gap(30);
  Lines figures = counts(watched);
  if (constexpr std::size_t column = counts_columns + 3; columns >= column + waiting_columns) {
    put_beside(figures, column, waiting(now));
    append(figures);
  } else {
    append(figures);
    append(waiting(now));
  }
  gap(30);
  lines.push_back(took("delay       ", now.delay));
  lines.push_back(took("answer      ", now.answer));

  // Some of the errors are seen, however many connections there are.
  const Section said = errors(now, columns);
  const auto room = [&] { return rows - std::min(rows, lines.size()); };
  gap(24);
  const std::size_t kept = std::min(said.rows() + (tall ? 1 : 0), room() / 2);
  add(lines, connections(now, columns, mark), room() - kept);
  gap(30);
  add(lines, said, room());
  gap(30);
  add(lines, files(now, columns, mark), room());

  lines.resize(std::min(lines.size(), rows));
  for (Line& line : lines) {
    cut(line, columns, mark);
  }
  return lines;
}

}  // namespace innduct::app
