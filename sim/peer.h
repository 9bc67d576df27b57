// peer.h: the simulated peer: a transit server with a history, and manners drawn by the seed.
//
// It reads NNTP with a parser of its own (never ours: a shared parser would share its mistakes),
// and records each final verdict before the reply leaves. It also demands what any peer may
// demand of a feeder: known commands, ids that were fed, whole articles byte for byte, no
// pipelining behind IHAVE.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/article.h"
#include "sim/ledger.h"
#include "sim/stage.h"

namespace innduct::sim {

enum class Verb : std::uint8_t { other, check, takethis, ihave, ihave_body };

// One reply, in the order of the commands.
struct Reply {
  std::string text;  // empty: nothing is said, only the link may close
  Verb verb = Verb::other;
  ArticleNumber number = 0;
  int code = 0;
  bool closes = false;
  bool final = false;  // a final answer to the article
};

// What the peer is as a whole: what it has, and whether it can be reached.
class Peer {
 public:
  Peer(Stage& stage, const Catalogue& articles, Ledger& ledger);

  void start();
  // All misfortunes are over.
  void heal();

  std::vector<std::string> addresses() const;
  // 0, or the errno with which a connection to the address fails. Nothing at all: it hangs.
  std::optional<int> admit(std::string_view address);
  bool away() const { return away_; }
  // Number of times it went away, so that a session knows that it is of before.
  unsigned departures() const { return departures_; }

 private:
  friend class PeerSession;
  // What the peer thinks of one article, for ever.
  struct Opinion {
    bool known = false;    // drawn
    bool rejects = false;  // 439, 437
    bool kills = false;    // closes the connection whenever it arrives
    bool has = false;      // got it, from us or elsewhere
    bool taken = false;    // got it from us
  };
  Opinion& opinion(ArticleNumber number);
  void accept(ArticleNumber number);

  Stage& stage_;
  const Catalogue& articles_;
  Ledger& ledger_;
  Dice dice_;
  std::vector<Opinion> opinions_;
  std::vector<bool> dead_addresses_;
  // How it treats every article for a while.
  enum class Mood : std::uint8_t { fair, defers, rejects, refuses };
  Mood mood_ = Mood::fair;
  bool away_ = false;
  bool sick_ = false;  // closes at every article
  unsigned departures_ = 0;
};

// One connection, as the peer sees it.
class PeerSession {
 public:
  explicit PeerSession(Peer& peer) : peer_(peer), dice_(peer.dice_.next()) {}

  // The connection stands.
  void greet();
  // Bytes arrived. Replies are gathered.
  void receive(std::string_view bytes);
  // Replies, oldest first.
  std::optional<Reply> next_reply();
  // Whether it neither reads nor answers any more.
  bool silent() const { return silent_; }
  // A reply has reached the other side.
  void delivered(const Reply& reply);

 private:
  void read(std::string_view bytes);
  void command(std::string_view line);
  void check(ArticleNumber number);
  void ihave(ArticleNumber number);
  void body(std::string_view text);
  void mode_stream();
  // A misfortune that ends or upsets the session, if there is one now.
  bool upset(Verb verb, ArticleNumber number);
  void nonsense(Verb verb, ArticleNumber number);
  // Another code than the usual ones, for one article; false if there is none now.
  bool oddity(Verb verb, ArticleNumber number);
  bool treats_all_alike(Verb verb, ArticleNumber number);
  void answer(Verb verb, ArticleNumber number, int code, bool closes = false);
  void say(std::string text, bool closes = false);
  ArticleNumber article_of(std::string_view argument, std::string_view line);
  bool strikes(unsigned chance) { return !peer_.stage_.mercy && dice_.permille(chance); }

  Peer& peer_;
  Dice dice_;
  std::deque<Reply> replies_;
  std::string buffer_;
  std::size_t searched_ = 0;
  bool streaming_ = false;
  bool forgot_streaming_ = false;
  bool silent_ = false;
  bool closed_ = false;
  bool ihave_unanswered_ = false;
  Verb body_of_ = Verb::other;  // takethis or ihave_body: an article is arriving
  ArticleNumber body_number_ = 0;
};

}  // namespace innduct::sim
