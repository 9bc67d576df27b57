// inn_headers.h: the one place that includes INN's C headers.
//
// storage.h has struct members named `class` and `private`. They are renamed by macro for as long
// as it is read; hence everything that it includes itself comes before, so that no other header is
// read under the macros. Others expect sys/types.h and stdio.h to have been read.
#pragma once

// The order matters.
// clang-format off
#include <sys/types.h>
#include <sys/uio.h>

#include <cstdarg>
#include <cstdio>
#include <ctime>

#include <inn/macros.h>
#include <inn/options.h>
#include <inn/portable-stdbool.h>
#include <inn/innconf.h>
#include <inn/libinn.h>
#include <inn/messages.h>
#include <inn/xmalloc.h>

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#define class storage_class
#define private storage_private
#include <inn/storage.h>
#undef class
#undef private
#ifdef __clang__
#pragma clang diagnostic pop
#endif
// clang-format on
