#include "command.h"
#include "exit_codes.h"
#include "output/table.h"
#include "output/text.h"
#include "query.h"
#include "session.h"
#include "watch.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <unistd.h>

namespace goaktctl {

namespace {

struct Line {
  std::string head;  // drawing and name
  std::string kind;
  std::string state;
  std::string rest;
};

std::string text_of(const Document& node, std::string_view path) {
  const Document* value = at_path(node, path);
  return value ? printable(cell_text(*value)) : std::string();
}

std::string facts_of(const Document& node) {
  std::string text;
  const auto add = [&](const char* word, const char* path, bool also_none = false) {
    const Document* value = at_path(node, path);
    if (!value || !value->is_number() || (value->get<double>() == 0 && !also_none)) return;
    text += (text.empty() ? "" : "  ") + std::string(word) + " " + cell_text(*value);
  };
  if (!text_of(node, "kind").empty()) add("mbox", "mailbox", true);
  add("processed", "processed");
  if (const Document* rate = at_path(node, "ratePerSecond");
      rate && rate->is_number() && rate->get<double>() >= 0.05)
    text += "  " + short_number(rate->get<double>()) + " msg/s";
  add("restarts", "restarts");
  const Document* reason = at_path(node, "stateReason");
  if (reason) text += (text.empty() ? "← " : "  ← ") + printable(cell_text(*reason));
  return text;
}

void draw(const Document& node, const std::string& lead, bool counts, std::vector<Line>& lines) {
  const auto children = node.find("children");
  const std::uint64_t more = node.value("more", std::uint64_t{0});
  if (children == node.end()) return;
  for (std::size_t i = 0; i < children->size(); ++i) {
    const Document& child = (*children)[i];
    const bool last = i + 1 == children->size() && more == 0;
    // Of a guardian all that are below it count, and always.
    const bool guardian = child.contains("actors");
    const std::uint64_t below = child.value(guardian ? "actors" : "childCount", std::uint64_t{0});
    const bool folded = below != 0 && (guardian || !child.contains("children"));
    lines.push_back(
        {lead + (last ? "└─ " : "├─ ") + text_of(child, "name") +
             (folded || (counts && below != 0) ? " (" + with_thousands(below) + ")" : ""),
         text_of(child, "kind"), text_of(child, "state"), facts_of(child)});
    draw(child, lead + (last ? "   " : "│  "), counts, lines);
  }
  if (more != 0) lines.push_back({lead + "└─ … " + with_thousands(more) + " more", "", "", ""});
}

std::string render(const Document& tree, bool counts, const Printer::Options& options) {
  std::vector<Line> lines;
  if (const Document* root = at_path(tree, "root")) draw(*root, "", counts, lines);
  std::size_t head = 0;
  std::size_t kind = 0;
  std::size_t state = 0;
  for (const Line& line : lines) {
    head = std::max(head, display_width(line.head));
    kind = std::max(kind, display_width(line.kind));
    state = std::max(state, display_width(line.state));
  }
  std::string out = text_of(tree, "system") + " @ " + text_of(tree, "node") + "\n";
  const auto cell = [](const std::string& text, std::size_t width) {
    return text + std::string(width - std::min(width, display_width(text)) + 2, ' ');
  };
  for (const Line& line : lines) {
    const std::string_view paint = options.color ? state_color(line.state) : std::string_view();
    std::string text = cell(line.head, head) + cell(line.kind, kind);
    text.append(paint).append(line.state).append(paint.empty() ? "" : "\033[0m");
    text += std::string(state - display_width(line.state) + 2, ' ') + line.rest;
    if (options.width && options.trunc && !options.color) text = cut_middle(text, *options.width);
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

}  // namespace

std::vector<Command> tree_commands() {
  struct Options {
    std::string root;
    std::int64_t depth = 3;
    std::int64_t max_children = 20;
    bool system = false;
    bool counts = false;
    bool watch = false;
    std::chrono::milliseconds interval{2'000};
  };

  auto o = std::make_shared<Options>();
  return {
      {"actor",
       "tree",
       {"tree"},
       "draws the tree of actors",
       "GET /v1/tree",
       {"goaktctl tree", "goaktctl tree orders --depth 1 --max-children 100", "goaktctl tree -w"},
       {{"ROOT", &o->root, "begin at this actor", false, "@actor"},
        {"--depth", &o->depth, "levels, 3"},
        {"--max-children", &o->max_children, "shown of each actor, 20"},
        {"--counts", &o->counts, "how many are below each"},
        {"--system", &o->system, "the runtime's own actors too"},
        {"-w,--watch", &o->watch, "again and again"},
        {"--interval", &o->interval, "of --watch, 2s"}},
       [o](Session& session) {
         Query query("/v1/tree");
         query.add("root", plain_name(o->root)).add("depth", o->depth);
         query.add("maxChildren", o->max_children).add_switch("system", o->system);
         const auto picture = [&](int& exit) -> std::optional<std::string> {
           const auto tree = session.get(query.target(), exit);
           if (!tree) return std::nullopt;
           return render(*tree, o->counts, session.out().options());
         };
         int exit = Exit::ok;
         if (session.out().is_plain_table()) {
           if (o->watch && is_terminal(STDOUT_FILENO))
             return watch_picture(session, "tree", o->interval, picture);
           if (const auto text = picture(exit)) session.out().raw(*text);
           return exit;
         }
         const auto tree = session.get(query.target(), exit);
         if (tree) session.out().document(*tree);
         return exit;
       },
       {Exit::not_found}}};
}

}  // namespace goaktctl
