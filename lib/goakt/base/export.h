#pragma once

// Marks what users of libgoakt.so may call. Everything else is hidden (-fvisibility=hidden), so
// that the shared library can change inside without breaking plugins.
#define GOAKT_API __attribute__((visibility("default")))

#define GOAKT_LIKELY(x) __builtin_expect(!!(x), 1)
#define GOAKT_UNLIKELY(x) __builtin_expect(!!(x), 0)
