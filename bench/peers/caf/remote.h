#pragma once

#include <string>

// Two processes on loopback, connected by CAF's middleman; messages are strings of 64 bytes.
void remote_tell(const std::string& name, unsigned threads);
void remote_ask();
