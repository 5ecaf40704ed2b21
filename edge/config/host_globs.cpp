// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/host_globs.h"

#include <utility>

namespace edge {

namespace {

bool starts(std::string_view text, std::string_view part) { return text.substr(0, part.size()) == part; }

bool ends(std::string_view text, std::string_view part)
{
    return text.size() >= part.size() && text.substr(text.size() - part.size()) == part;
}

} // namespace

bool hostGlobsMatch(std::string_view a, std::string_view b)
{
    if (a == b || a == "*" || b == "*")
        return true;
    if (a.empty() || b.empty() || starts(a, ".") || starts(b, "."))
        return false;
    const bool aLeads = a.front() == '*', aTrails = a.back() == '*';
    const bool bLeads = b.front() == '*', bTrails = b.back() == '*';
    if ((aLeads && aTrails) || (bLeads && bTrails))
        return false;
    const auto suffixFits = [](std::string_view glob, std::string_view name) {
        return name.size() > glob.size() - 1 && ends(name, glob.substr(1));
    };
    const auto prefixFits = [](std::string_view glob, std::string_view name) {
        return name.size() > glob.size() - 1 && starts(name, glob.substr(0, glob.size() - 1));
    };
    if (aLeads && bLeads)
        return ends(a.substr(1), b.substr(1)) || ends(b.substr(1), a.substr(1));
    if (aTrails && bTrails)
        return starts(a, b.substr(0, b.size() - 1)) || starts(b, a.substr(0, a.size() - 1));
    if ((aLeads && bTrails) || (aTrails && bLeads))
        return true;
    if (aLeads)
        return suffixFits(a, b);
    if (bLeads)
        return suffixFits(b, a);
    if (aTrails)
        return prefixFits(a, b);
    return bTrails && prefixFits(b, a);
}

bool hostGlobTakes(std::string_view glob, std::string_view name)
{
    const auto hasStar = [](std::string_view text) { return text.find('*') != std::string_view::npos; };
    if (hasStar(name) && !hasStar(glob))
        std::swap(glob, name);
    if (glob == "*")
        return true;
    if (!glob.empty() && glob.back() == '*')
        return starts(name, glob.substr(0, glob.size() - 1));
    if (!glob.empty() && glob.front() == '*')
        return ends(name, glob.substr(1));
    return glob == name;
}

} // namespace edge
