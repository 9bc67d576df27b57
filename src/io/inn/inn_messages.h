// inn_messages.h: what libinn says about an error, caught as text instead of printed to stderr.
#pragma once

#include <string>

namespace innduct::io {

// From now on libinn's messages are collected, by whichever one thread calls into libinn. A fatal
// one is a failed check (core/check.h): libinn would end the process behind our back.
void capture_inn_messages();

// What was collected since the last call, messages joined by "; ", at most a few hundred bytes;
// fit for logs.
std::string take_inn_messages();

}  // namespace innduct::io
