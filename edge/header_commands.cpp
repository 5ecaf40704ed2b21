// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/header_commands.h"

#include "edge/command_value.h"

namespace edge {

std::string formatFault(std::string_view value)
{
    std::string fault;
    const bool isWhole = forEachPiece(value, [&](const Piece &piece) {
        if (fault.empty())
            fault = faultOf(piece);
    });
    if (fault.empty() && !isWhole)
        fault = "no command begins at '" + std::string(value) + "' (write %% for a percent sign)";
    return fault;
}

std::vector<std::string> unansweredCommands(std::string_view value)
{
    std::vector<std::string> names;
    forEachPiece(value, [&](const Piece &piece) {
        const Command *command = piece.name.empty() ? nullptr : commandOf(piece.name);
        if (command && command->fact == Fact::Unanswered)
            names.emplace_back(piece.whole);
    });
    return names;
}

std::string expandCommands(std::string_view text, const HeaderFacts &facts)
{
    std::string out;
    forEachPiece(text, [&](const Piece &piece) {
        if (piece.name.empty() || !faultOf(piece).empty()) {
            out += piece.whole;
            return;
        }
        const std::string value = valueOf(piece, commandOf(piece.name)->fact, facts);
        out += value.substr(0, piece.length.value_or(std::string::npos));
    });
    return out.append(text); // what cannot be read
}

} // namespace edge
