// patient_readers.h: reads articles that are not cached, several at a time.
//
//     read() ---queue---> one of at most 16 threads, each with a DirectReader ---> Done
//
// So a disk always has more than one thing to do, and a backlog on a slow one does not take one
// seek after the other. Threads are started when there is something to do for them, and stay.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "engine/ids.h"
#include "io/inn/article_buffer.h"
#include "io/inn/spool_layout.h"

namespace innduct::io {

class PatientReaders {
 public:
  struct Request {
    engine::ArticleRef article;
    std::string locator;
    std::string message_id;
  };
  // What comes of a request: the article's bytes, as DirectReader finds them, or that they were not
  // `found`, which proves nothing. Called on a reader's thread, on several at the same time.
  using Done =
      std::move_only_function<void(Request request, bool found, ArticleBuffer bytes) const>;

  static constexpr std::size_t readers_max = 16;

  explicit PatientReaders(Done done);
  // Waits for what is being read, and drops what waits.
  ~PatientReaders();
  PatientReaders(const PatientReaders&) = delete;
  PatientReaders& operator=(const PatientReaders&) = delete;

  // The following are called on one thread.
  // What is read from now on is found by this layout. None: nothing is found.
  void follow(std::shared_ptr<const SpoolLayout> layout);
  // Throws std::system_error if there is no thread, and none can be started.
  void read(Request request);

 private:
  struct Desk;  // what all threads share
  std::unique_ptr<Desk> desk_;
};

}  // namespace innduct::io
