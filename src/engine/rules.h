// rules.h: every rule that keeps articles from being lost, by its name.
//
// Where the code obeys a rule it asks `config.keeps(Rule::x)`: `grep -rn Rule::x src/engine` is the
// way from a rule to its code. The answer is always yes, except in a canary: the simulator leaves
// out one rule, and must find what goes wrong then (sim/canaries.h). A rule without a canary that
// is found would be untested, or no rule. doc/reliability.md shows the table; a test compares.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace innduct::engine {

enum class Rule : std::uint8_t {
  none,

  sync_records_at_start,
  sync_directory_at_start,
  finish_cut_flush,
  finish_cut_move_of_flushing,
  finish_cut_move_of_defer,
  sync_finished_moves,

  sync_records,
  sync_name_of_records,
  await_sync,

  flush_what_was_read,
  sync_flush_link,
  sync_flush_unlink,
  sync_name_of_new_feed,
  new_feed_proves_the_flush,

  sync_flushing_before_move,
  sync_link_of_flushing_move,
  sync_unlink_of_flushing_move,
  sync_defer_before_move,
  sync_link_of_defer_move,
  sync_unlink_of_defer_move,
  take_a_free_name,

  remove_when_settled,
  read_what_has_grown,
  mind_the_name,
  move_what_was_given_up,
  keep_bad_lines,
  stay_with_unkept_bad_lines,
  prove_unwritten,
  rest_when_unprovable,
  look_before_the_end,
  end_after_backlog,
  end_after_unreadable,

  failed_sync_is_final,
  failed_close_is_final,
  blank_nothing_at_the_end,

  record_or_put_back,
  cut_back_records,
  cut_half_record_at_start,
  remember_refused_blank,

  sync_feed,

  deferral_is_no_answer,
  sending_is_no_answer,
  requeue_after_loss,
  requeue_after_goodbye,
  requeue_withdrawn,
  requeue_unknown_command,
  offer_put_back,
  prove_missing,
  trouble_proves_nothing,
  retry_trouble,
  record_damaged,
  leave_bad_lines,
  blank_own_record,
  wait_for_newline,
  last_line_needs_no_newline,
  half_waits,
  half_stays,
  record_joined_line,

  read_torn_lines,
};
inline constexpr Rule last_rule = Rule::read_torn_lines;

struct RuleRow {
  Rule rule;
  std::string_view name;
  int number;             // of the rule in doc/reliability.md
  std::string_view text;  // for people
};

inline constexpr std::array rule_table{
    RuleRow{Rule::sync_records_at_start, "sync_records_at_start", 0,
            "at the start F_defer and F_bad are synced"},
    RuleRow{Rule::sync_directory_at_start, "sync_directory_at_start", 0,
            "at the start the directory is synced"},
    RuleRow{Rule::finish_cut_flush, "finish_cut_flush", 0,
            "a flush cut between link and unlink is finished"},
    RuleRow{Rule::finish_cut_move_of_flushing, "finish_cut_move_of_flushing", 0,
            "a move of F_flushing cut between link and unlink is finished"},
    RuleRow{Rule::finish_cut_move_of_defer, "finish_cut_move_of_defer", 0,
            "a move of F_defer cut between link and unlink is finished"},
    RuleRow{Rule::sync_finished_moves, "sync_finished_moves", 0,
            "the directory is synced when such moves are finished"},

    RuleRow{Rule::sync_records, "sync_records", 1,
            "a record is synced before what it stands in for is blanked or removed"},
    RuleRow{Rule::sync_name_of_records, "sync_name_of_records", 1,
            "and so is the name of its file, if that is new"},
    RuleRow{Rule::await_sync, "await_sync", 1, "what must follow a sync waits until it is done"},

    RuleRow{Rule::flush_what_was_read, "flush_what_was_read", 2,
            "only the file that is being read becomes F_flushing"},
    RuleRow{Rule::sync_flush_link, "sync_flush_link", 2,
            "the directory is synced between link and unlink of a flush"},
    RuleRow{Rule::sync_flush_unlink, "sync_flush_unlink", 2,
            "and behind the unlink, before innd is asked"},
    RuleRow{Rule::sync_name_of_new_feed, "sync_name_of_new_feed", 2,
            "the directory is synced when innd has made a new F"},
    RuleRow{Rule::new_feed_proves_the_flush, "new_feed_proves_the_flush", 2,
            "innd has let go of F_flushing when another F is there, not when it says Ok"},

    RuleRow{Rule::sync_flushing_before_move, "sync_flushing_before_move", 3,
            "F_flushing is synced before it is moved"},
    RuleRow{Rule::sync_link_of_flushing_move, "sync_link_of_flushing_move", 3,
            "the directory is synced between link and unlink of that move"},
    RuleRow{Rule::sync_unlink_of_flushing_move, "sync_unlink_of_flushing_move", 3,
            "and behind the unlink"},
    RuleRow{Rule::sync_defer_before_move, "sync_defer_before_move", 3,
            "F_defer is synced before it is moved"},
    RuleRow{Rule::sync_link_of_defer_move, "sync_link_of_defer_move", 3,
            "the directory is synced between link and unlink of that move"},
    RuleRow{Rule::sync_unlink_of_defer_move, "sync_unlink_of_defer_move", 3,
            "and behind the unlink"},
    RuleRow{Rule::take_a_free_name, "take_a_free_name", 3,
            "a backlog name that is taken is left alone, the next one is tried"},

    RuleRow{Rule::remove_when_settled, "remove_when_settled", 4,
            "a file goes when all its entries are settled"},
    RuleRow{Rule::read_what_has_grown, "read_what_has_grown", 4,
            "a file that has grown since its end was read is read on"},
    RuleRow{Rule::mind_the_name, "mind_the_name", 4,
            "a backlog name that leads to another file by now is left alone"},
    RuleRow{Rule::move_what_was_given_up, "move_what_was_given_up", 4,
            "a file that was given up is moved, never removed"},
    RuleRow{Rule::keep_bad_lines, "keep_bad_lines", 4,
            "bad lines are kept in F_bad before their file goes"},
    RuleRow{Rule::stay_with_unkept_bad_lines, "stay_with_unkept_bad_lines", 4,
            "a file of which bad lines could not be kept stays"},
    RuleRow{Rule::prove_unwritten, "prove_unwritten", 4,
            "F_flushing of a dropped feed goes only when nobody writes to it"},
    RuleRow{Rule::rest_when_unprovable, "rest_when_unprovable", 4,
            "where that cannot be proved it stays until it has not grown for long"},
    RuleRow{Rule::look_before_the_end, "look_before_the_end", 4,
            "F is looked for once more before a dropped feed ends"},
    RuleRow{Rule::end_after_backlog, "end_after_backlog", 4,
            "a dropped feed does not end before its backlog"},
    RuleRow{Rule::end_after_unreadable, "end_after_unreadable", 4,
            "nor while a backlog file cannot be read"},

    RuleRow{Rule::failed_sync_is_final, "failed_sync_is_final", 5, "a failed sync ends innduct"},
    RuleRow{Rule::failed_close_is_final, "failed_close_is_final", 5,
            "so does a failed close after writing"},
    RuleRow{Rule::blank_nothing_at_the_end, "blank_nothing_at_the_end", 5,
            "and nothing is blanked after it"},

    RuleRow{Rule::record_or_put_back, "record_or_put_back", 6,
            "what could not be recorded is not blanked"},
    RuleRow{Rule::cut_back_records, "cut_back_records", 6,
            "an append that found no room is cut back to whole records"},
    RuleRow{Rule::cut_half_record_at_start, "cut_half_record_at_start", 6,
            "half a record at the end of F_defer is cut off at the start"},
    RuleRow{Rule::remember_refused_blank, "remember_refused_blank", 6,
            "a blank that found no room is written again"},

    RuleRow{Rule::sync_feed, "sync_feed", 7, "the feed file is synced each period"},

    RuleRow{Rule::deferral_is_no_answer, "deferral_is_no_answer", 8,
            "a deferred article is recorded, not settled"},
    RuleRow{Rule::sending_is_no_answer, "sending_is_no_answer", 8,
            "an article that was sent and not answered is not settled"},
    RuleRow{Rule::requeue_after_loss, "requeue_after_loss", 8,
            "what a lost connection left unanswered is offered again"},
    RuleRow{Rule::requeue_after_goodbye, "requeue_after_goodbye", 8,
            "so is what was unanswered when the peer said 400, or nonsense"},
    RuleRow{Rule::requeue_withdrawn, "requeue_withdrawn", 8,
            "so is what was taken off a connection"},
    RuleRow{Rule::requeue_unknown_command, "requeue_unknown_command", 8,
            "so is what a peer would not have by CHECK (500)"},
    RuleRow{Rule::offer_put_back, "offer_put_back", 8,
            "an article that could not be recorded is offered again"},
    RuleRow{Rule::prove_missing, "prove_missing", 8,
            "an article is missing when a store says so that was opened since"},
    RuleRow{Rule::trouble_proves_nothing, "trouble_proves_nothing", 8,
            "an article that cannot be read is not missing"},
    RuleRow{Rule::retry_trouble, "retry_trouble", 8, "but tried again"},
    RuleRow{Rule::record_damaged, "record_damaged", 8, "a damaged article is recorded"},
    RuleRow{Rule::leave_bad_lines, "leave_bad_lines", 8, "no byte of a bad line is written to"},
    RuleRow{Rule::blank_own_record, "blank_own_record", 8,
            "an entry that shares its line blanks its own record alone"},
    RuleRow{Rule::wait_for_newline, "wait_for_newline", 8,
            "the last line of F counts when its newline is there"},
    RuleRow{Rule::last_line_needs_no_newline, "last_line_needs_no_newline", 8,
            "the last record of a file that nobody writes counts without a newline"},
    RuleRow{Rule::half_waits, "half_waits", 8,
            "half a line at the end of F_flushing waits for its rest"},
    RuleRow{Rule::half_stays, "half_stays", 8, "and F_flushing is not moved meanwhile"},
    RuleRow{Rule::record_joined_line, "record_joined_line", 8,
            "a joined line is recorded before one of its files is moved"},

    RuleRow{Rule::read_torn_lines, "read_torn_lines", 9,
            "a record is found behind NULs, torn text and other records"},
};

}  // namespace innduct::engine
