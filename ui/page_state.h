// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a page says in the place of content that is not there, and what can be done about it: pure, of the connection and
// of what is wrong with the page's kinds.
#include "models/resources/connection_state.h"
#include "ui/state_panel.h"

namespace ui {

// Why a page's kind cannot be shown although the connection lives.
struct PageProblem
{
    enum class Kind { None, Forbidden, Absent, Failed };
    Kind kind = Kind::None;
    QString message;     // what, where, what to do
    QString details;     // a ClusterRole to copy, an answer
    QString plural = {}; // of the kind, for when it was asked for last
    bool operator==(const PageProblem &) const = default;
};

enum class PageWish { Retry, Context, File, Cancel, Copy, Guide, Doctor };

struct PageState
{
    PanelText text;
    PageWish primary = PageWish::Retry, secondary = PageWish::Copy; // what its buttons mean
};

// kinds: "Mappings, Hosts and Listeners", "" the page is of no kind.  The page that has the guide does not lead to it.
struct PageOfKinds
{
    QString kinds;
    bool hasContent = false, isGuide = false;
};
// Nothing: the content is shown.
std::optional<PageState> pageState(const models::ConnectionState &connection, const PageProblem &problem,
                                   const PageOfKinds &page, const QDateTime &now);
// While Mappings are read: "1,500 of about 10,000 Mappings", "1,277 Mappings so far".
QString progressText(const models::ConnectionState &connection);
// "retry in 4 s", "" none is planned.
QString retryText(const models::ConnectionState &connection, const QDateTime &now);
// The kubeconfig led to no server: another file may.
bool isOfTheFile(const models::ConnectionState &connection);

} // namespace ui
