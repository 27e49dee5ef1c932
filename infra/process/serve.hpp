#pragma once

#include "domain/ports/decider.hpp"
#include "domain/ports/folder.hpp"
#include "domain/ports/history_checker.hpp"
#include "infra/process/child_process.hpp"

#include <functional>
#include <memory>

namespace infra::process {

/// Told what is under way, as a decider in this process tells it; a folder is at the history of a
/// first command, and who checks histories at that of an event of its page.
using TellUnderWay = std::function<void(std::size_t command, bool folding)>;

/// What a child does. One of them is what its parent has it for.
struct Served {
    std::unique_ptr<domain::Decider> decider;
    std::unique_ptr<domain::Folder> folder;
    std::unique_ptr<domain::HistoryChecker> checker;
};

/// The child's side: lets what `make` makes decide and fold what the parent sends, until the parent
/// is gone.
void serve(ChildEnd end, const std::function<Served(TellUnderWay)>& make);

}  // namespace infra::process
