// Asio's own code, compiled once for the folder.
#include <boost/asio/impl/src.hpp>
