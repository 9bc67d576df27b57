// article_store.cc: the desk between the loop thread and the article thread.
#include "io/inn/article_store.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <utility>

#include "core/check.h"
#include "io/inn/article_buffer.h"
#include "io/inn/direct_reader.h"
#include "io/inn/patient_readers.h"
#include "io/inn/stores.h"
#include "io/thread.h"

namespace innduct::io {
namespace {

using engine::FetchOutcome;

constexpr std::size_t delivery_size_bytes = std::size_t{256} << 10;
constexpr std::chrono::milliseconds delivery_interval{2};

// How often it is asked whether the direct reader may rest.
constexpr std::chrono::seconds rest_interval{10};

// Memory that is kept for later articles, on either side, at most.
constexpr std::size_t spare_size_max = std::size_t{4} << 20;

// Buffers to use again; the one that was given back last, and so is still in the processor's cache,
// first.
class Spare {
 public:
  void put(ArticleBuffer buffer) {
    if (buffer.capacity() > 0 && size_ + buffer.capacity() <= spare_size_max) {
      size_ += buffer.capacity();
      buffer.reset(0);  // and with it the file, if it was one
      buffers_.push_back(std::move(buffer));
    }
  }
  ArticleBuffer take() {
    if (buffers_.empty()) {
      return {};
    }
    ArticleBuffer buffer = std::move(buffers_.back());
    buffers_.pop_back();
    size_ -= buffer.capacity();
    return buffer;
  }
  void take_all(Spare& more) {
    for (ArticleBuffer& buffer : more.buffers_) {
      put(std::move(buffer));
    }
    more.clear();
  }
  bool empty() const { return buffers_.empty(); }
  void clear() {
    buffers_.clear();
    size_ = 0;
  }

 private:
  std::vector<ArticleBuffer> buffers_;
  std::size_t size_ = 0;  // bytes of all
};

struct Request {
  engine::ArticleRef article;  // or:
  engine::OpId reopen;
  std::size_t locator_size = 0;
  std::size_t message_id_size = 0;
};

// What the loop thread hands over at once.
struct Batch {
  std::vector<Request> requests;
  std::string text;  // of all requests, one behind the other
  Spare spare;

  void take(Batch& more) {
    if (requests.empty() && spare.empty()) {
      std::swap(*this, more);
      return;
    }
    requests.insert(requests.end(), more.requests.begin(), more.requests.end());
    text += more.text;
    spare.take_all(more.spare);
    more.clear();
  }
  void clear() {
    requests.clear();
    text.clear();
    spare.clear();
  }
};

// What the article thread hands back.
struct Finished {
  StoreResult result;
  ArticleBuffer bytes;
};

}  // namespace

struct ArticleStore::Desk {
  Desk(boost::asio::io_context& io, const InnConfig& config) : loop(io), stores(config) {}

  // --- the loop thread's
  struct Held {
    ArticleBuffer bytes;
    bool arrived = false;
  };
  boost::asio::io_context& loop;
  std::function<void()> wake;
  std::unordered_map<engine::ArticleRef, Held> held;  // under way, or arrived `ready`
  Batch outgoing;
  bool leaves_later = false;      // the hand-over of `outgoing` is posted
  std::vector<Finished> arrived;  // emptied at once; keeps its memory
  DirectReader direct{DirectReader::Patience::only_cached};
  std::vector<engine::ArticleRef> at_hand;  // held and not yet told
  boost::asio::steady_timer rest_timer{loop};
  bool rests_later = false;  // rest_timer is set

  bool read_at_once(Held& into, std::string_view locator, std::string_view message_id);
  void tell_at_hand(std::vector<StoreResult>& results);
  void rest_later();

  void ask(const Request& request, std::string_view locator, std::string_view message_id);
  void hand_over();
  void accept(Finished& finished, std::vector<StoreResult>& results);
  void keep_spare(ArticleBuffer buffer);

  // --- the article thread's
  Stores stores;
  Spare spare;
  std::shared_ptr<const SpoolLayout> layout;  // as it was last handed over
  std::vector<Finished> done;
  std::size_t done_size_bytes = 0;
  std::chrono::steady_clock::time_point delivered;

  void work(const std::stop_token& stop);
  bool await_batch(const std::stop_token& stop, Batch& batch);
  void serve(const Batch& batch, const std::stop_token& stop);
  Finished retrieve(engine::ArticleRef article, std::string_view locator,
                    std::string_view message_id);
  void deliver();

  // --- a reader's
  void take_from_reader(const PatientReaders::Request& request, bool found, ArticleBuffer bytes);

  // --- shared
  template <class Add>
  void hand_back(Add add);

  std::mutex mutex;
  std::condition_variable_any asked;
  Batch incoming;                 // guarded by mutex
  std::vector<Finished> results;  // guarded by mutex
  bool wake_posted = false;       // guarded by mutex
  // Guarded by mutex: a new one for `direct`, which may be none.
  std::optional<std::shared_ptr<const SpoolLayout>> new_layout;

  // Last: they end before what they use.
  PatientReaders patient{
      [this](const PatientReaders::Request& request, bool found, ArticleBuffer bytes) {
        take_from_reader(request, found, std::move(bytes));
      }};
  std::jthread thread;

  void follow(const std::shared_ptr<const SpoolLayout>& its_layout);
};

// ---------------------------------------------------------------- the loop thread

ArticleStore::ArticleStore(boost::asio::io_context& loop, const InnConfig& config)
    : desk_(std::make_unique<Desk>(loop, config)) {}

ArticleStore::~ArticleStore() = default;

std::expected<void, std::string> ArticleStore::open() {
  core::check(!desk_->thread.joinable(), "an article store is opened once");
  core::check(desk_->wake != nullptr, "an article store is told where its results go");
  auto opened = desk_->stores.open();
  if (opened) {
    desk_->layout = desk_->stores.layout();
    desk_->follow(desk_->layout);
    desk_->thread = start_without_signals(
        [desk = desk_.get()](const std::stop_token& stop) { desk->work(stop); });
  }
  return opened;
}

void ArticleStore::on_results(std::function<void()> wake) { desk_->wake = std::move(wake); }

void ArticleStore::take_results(std::vector<StoreResult>& results) {
  results.clear();
  std::optional<std::shared_ptr<const SpoolLayout>> layout;
  {
    const std::lock_guard lock(desk_->mutex);
    std::swap(desk_->arrived, desk_->results);
    std::swap(layout, desk_->new_layout);
    desk_->wake_posted = false;
  }
  if (layout) {
    desk_->follow(*layout);
  }
  desk_->tell_at_hand(results);
  for (Finished& finished : desk_->arrived) {
    desk_->accept(finished, results);
  }
  desk_->arrived.clear();
}

void ArticleStore::fetch(engine::ArticleRef article, std::string_view locator,
                         std::string_view message_id) {
  const auto [held, is_new] = desk_->held.try_emplace(article);
  core::check(is_new, "an ArticleRef names one article");
  if (desk_->read_at_once(held->second, locator, message_id)) {
    desk_->at_hand.push_back(article);
    return;
  }
  if (desk_->direct.may_find(locator, message_id)) {
    desk_->patient.read({article, std::string(locator), std::string(message_id)});
    return;
  }
  desk_->ask(
      {.article = article, .locator_size = locator.size(), .message_id_size = message_id.size()},
      locator, message_id);
}

void ArticleStore::reopen(engine::OpId op) { desk_->ask({.reopen = op}, {}, {}); }

void ArticleStore::release(engine::ArticleRef article) {
  const auto found = desk_->held.find(article);
  if (found != desk_->held.end()) {
    desk_->keep_spare(std::move(found->second.bytes));
    desk_->held.erase(found);
  }
}

ArticleBytes ArticleStore::bytes(engine::ArticleRef article) const {
  const auto found = desk_->held.find(article);
  core::check(found != desk_->held.end() && found->second.arrived,
              "bytes are asked for while the article is held");
  return found->second.bytes.bytes();
}

bool ArticleStore::Desk::read_at_once(Held& into, std::string_view locator,
                                      std::string_view message_id) {
  ArticleBuffer bytes = outgoing.spare.take();
  if (!direct.read(locator, message_id, bytes)) {
    outgoing.spare.put(std::move(bytes));
    return false;
  }
  into = {std::move(bytes), true};
  if (at_hand.empty()) {
    boost::asio::post(loop, [this] { wake(); });
  }
  if (!std::exchange(rests_later, true)) {
    rest_later();
  }
  return true;
}

void ArticleStore::Desk::follow(const std::shared_ptr<const SpoolLayout>& its_layout) {
  direct.follow(its_layout);
  patient.follow(its_layout);
}

void ArticleStore::Desk::rest_later() {
  rest_timer.expires_after(rest_interval);
  rest_timer.async_wait([this](const boost::system::error_code& error) {
    if (error) {
      return;
    }
    rests_later = direct.rest();
    if (rests_later) {
      rest_later();
    }
  });
}

void ArticleStore::Desk::tell_at_hand(std::vector<StoreResult>& into) {
  for (const engine::ArticleRef article : at_hand) {
    if (const auto found = held.find(article); found != held.end()) {
      into.emplace_back(FetchResult{
          .article = article, .outcome = FetchOutcome::ready, .size = found->second.bytes.size()});
    }
  }
  at_hand.clear();
}

// One hand-over for all that is asked for in a turn.
void ArticleStore::Desk::ask(const Request& request, std::string_view locator,
                             std::string_view message_id) {
  outgoing.requests.push_back(request);
  outgoing.text.append(locator).append(message_id);
  if (!std::exchange(leaves_later, true)) {
    boost::asio::post(loop, [this] { hand_over(); });
  }
}

void ArticleStore::Desk::hand_over() {
  leaves_later = false;
  {
    const std::lock_guard lock(mutex);
    incoming.take(outgoing);
  }
  asked.notify_one();
}

void ArticleStore::Desk::accept(Finished& finished, std::vector<StoreResult>& into) {
  if (const auto* fetched = std::get_if<FetchResult>(&finished.result)) {
    const auto found = held.find(fetched->article);
    if (found == held.end()) {
      return keep_spare(std::move(finished.bytes));
    }
    if (fetched->outcome == FetchOutcome::ready) {
      found->second = {std::move(finished.bytes), true};
    } else {
      held.erase(found);
      keep_spare(std::move(finished.bytes));
    }
  }
  into.push_back(std::move(finished.result));
}

void ArticleStore::Desk::keep_spare(ArticleBuffer buffer) { outgoing.spare.put(std::move(buffer)); }

// ---------------------------------------------------------------- the article thread

void ArticleStore::Desk::work(const std::stop_token& stop) {
  Batch batch;
  while (await_batch(stop, batch)) {
    spare.take_all(batch.spare);
    delivered = std::chrono::steady_clock::now();
    serve(batch, stop);
    deliver();
    batch.clear();
  }
}

bool ArticleStore::Desk::await_batch(const std::stop_token& stop, Batch& batch) {
  std::unique_lock lock(mutex);
  if (!asked.wait(lock, stop, [this] { return !incoming.requests.empty(); })) {
    return false;
  }
  std::swap(batch, incoming);
  return !stop.stop_requested();
}

void ArticleStore::Desk::serve(const Batch& batch, const std::stop_token& stop) {
  std::string_view text = batch.text;
  for (const Request& request : batch.requests) {
    if (stop.stop_requested()) {
      return;
    }
    if (request.reopen) {
      done.emplace_back().result = ReopenResult{request.reopen, stores.open()};
    } else {
      const std::string_view locator = text.substr(0, request.locator_size);
      text.remove_prefix(request.locator_size);
      const std::string_view message_id = text.substr(0, request.message_id_size);
      text.remove_prefix(request.message_id_size);
      done.push_back(retrieve(request.article, locator, message_id));
      done_size_bytes += done.back().bytes.view().size();
    }
    if (done_size_bytes >= delivery_size_bytes ||
        std::chrono::steady_clock::now() - delivered >= delivery_interval) {
      deliver();
    }
  }
}

Finished ArticleStore::Desk::retrieve(engine::ArticleRef article, std::string_view locator,
                                      std::string_view message_id) {
  ArticleBuffer bytes = spare.take();
  Retrieved retrieved = stores.retrieve(locator, message_id, bytes);
  const bool is_ready = retrieved.outcome == FetchOutcome::ready;
  return {FetchResult{.article = article,
                      .outcome = retrieved.outcome,
                      .size = is_ready ? bytes.size() : 0,
                      .message_id = std::move(retrieved.message_id),
                      .text = std::move(retrieved.text)},
          std::move(bytes)};
}

void ArticleStore::Desk::deliver() {
  if (done.empty()) {
    return;
  }
  hand_back([this] {
    if (results.empty()) {
      std::swap(results, done);
    } else {
      std::move(done.begin(), done.end(), std::back_inserter(results));
    }
    if (layout != stores.layout()) {
      new_layout = layout = stores.layout();
    }
  });
  done.clear();
  done_size_bytes = 0;
  delivered = std::chrono::steady_clock::now();
}

// ---------------------------------------------------------------- a reader's thread

// What is not found goes to the article thread, which can tell why.
void ArticleStore::Desk::take_from_reader(const PatientReaders::Request& request, bool found,
                                          ArticleBuffer bytes) {
  if (found) {
    return hand_back([&] {
      results.push_back(
          {FetchResult{
               .article = request.article, .outcome = FetchOutcome::ready, .size = bytes.size()},
           std::move(bytes)});
    });
  }
  {
    const std::lock_guard lock(mutex);
    incoming.requests.push_back({.article = request.article,
                                 .locator_size = request.locator.size(),
                                 .message_id_size = request.message_id.size()});
    incoming.text.append(request.locator).append(request.message_id);
  }
  asked.notify_one();
}

// ---------------------------------------------------------------- both

// Has `add` put something into the results, and the loop woken, once for all until it has taken
// them.
template <class Add>
void ArticleStore::Desk::hand_back(Add add) {
  bool post_wake = false;
  {
    const std::lock_guard lock(mutex);
    add();
    post_wake = !std::exchange(wake_posted, true);
  }
  if (post_wake) {
    boost::asio::post(loop, [this] { wake(); });
  }
}

}  // namespace innduct::io
