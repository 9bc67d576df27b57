// record_file.h: a file of ours that only grows: batches of whole records, each of them durable,
// and with it the file's name, before it counts (I2).
//
//   [open ->] append -> fdatasync -> [fsync directory] -> recorded
//                  `--> no room: cut back to what was there before -> refused
//
// What a batch holds, and what becomes of it when it is refused, is the owner's business; that a
// failed sync, close or cut ends the process (I9) is decided here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/turn.h"

namespace innduct::engine {

class RecordFile {
 public:
  // `owner` is told of the answers, and hands them to on(). `name` outlives this.
  RecordFile(Room owner, const std::string& name) : owner_(owner), name_(name) {}

  // What an event brought about.
  enum class Came : std::uint8_t {
    opened,      // append() may follow
    not_opened,  // errno and text say why; after adopt() the file may be open, but not read yet
    recorded,    // the batch and the file's name are durable
    refused,     // there was no room; nothing of the batch is left
    closed,
  };
  struct News {
    Came what{};
    int error = 0;
    std::string text;
  };

  // Nothing is under way.
  bool idle() const { return stage_ == Stage::idle; }
  bool is_open() const { return static_cast<bool>(file_); }
  // Bytes of whole records, once it is open.
  std::uint64_t size() const { return size_; }
  const FileStat& opened_as() const { return opened_as_; }

  // Each of these needs idle(), and is answered by on().
  // Opens the file, or makes it. A last line that lacks its newline will be ended by the first
  // batch: whose it is, is not known.
  void open(Turn& turn, OpenMode mode);
  // Opens a file of which start-up has made the name durable, and which nobody else writes; cuts a
  // half-written last record off: it was never synced, so what it stands in for still stands. May
  // be called again after not_opened.
  void adopt(Turn& turn);
  // Records whole lines; the file must be open. The bytes stay valid for this turn.
  void append(Turn& turn, std::string_view lines);
  void close(Turn& turn);

  // Gives the open file to somebody else, who closes it.
  FileId hand_over() {
    size_ = 0;
    return std::exchange(file_, {});
  }

  std::optional<News> on(Turn& turn, const Event& event);

 private:
  enum class Stage : std::uint8_t {
    idle,
    opening,
    looking_at_end,
    adopting,
    reading_tail,
    cutting_tail,
    appending,
    syncing,
    syncing_directory,
    cutting,
    closing,
  };

  std::optional<News> opened(Turn& turn, const FileStat& stat);
  std::optional<News> read(Turn& turn, std::string_view bytes);
  std::optional<News> done(Turn& turn);
  std::optional<News> failed(Turn& turn, const Failed& failed);
  std::optional<News> read_tail(Turn& turn);
  std::optional<News> tail(Turn& turn, std::string_view bytes);
  News rest(Came what) {
    stage_ = Stage::idle;
    return {what, 0, {}};
  }
  OpId ask(Turn& turn, Stage stage) {
    stage_ = stage;
    return op_ = turn.ids.op(owner_);
  }

  static constexpr std::size_t tail_size = 65536;

  Room owner_;
  const std::string& name_;
  Stage stage_ = Stage::idle;
  OpId op_;
  FileId file_;
  FileStat opened_as_;
  std::uint64_t size_ = 0;
  std::uint64_t batch_size_ = 0;
  std::uint64_t tail_offset_ = 0;  // adopting: what is being read
  bool name_is_durable_ = false;
  bool line_is_open_ = false;  // its last line lacks its newline
  News refusal_;
};

}  // namespace innduct::engine
