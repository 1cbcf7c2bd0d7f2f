#pragma once

#include <string>

#include "report/report.hpp"
#include "search/search.hpp"

namespace mote {

/// The front, the chosen model layer by layer, and what it takes measured.
std::string search_text(const SearchResult& result, const SearchOptions& options);
Json search_json(const SearchResult& result, const SearchOptions& options);

/// The options of `mote compile` that make the library that was measured.
std::string compile_options_text(const SearchResult& result, const SearchOptions& options);

}  // namespace mote
