#pragma once

#include <filesystem>

namespace gateway::http {
class Router;
}

namespace gateway::web {

/// Serves the files that are under `root` now, by a route each (so there is no path to traverse),
/// and `index.html` for "/". Only kinds of file that a page consists of; each is read anew for
/// every request, so that an edit is seen by a reload. Throws domain::SetupError without an
/// index.html.
void add_pages(http::Router& router, const std::filesystem::path& root);

}  // namespace gateway::web
