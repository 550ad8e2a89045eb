// The one place where Asio and Beast are compiled (their separate compilation mode).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
