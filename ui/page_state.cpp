// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page_state.h"

#include <QCoreApplication>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace ui {

using models::ConnectionState;
using Phase = ConnectionState::Phase;
using models::Severity;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(PageState)
};

// What is known of such an answer, and what to look at; the answer itself stands below.
QString causeOf(const QString &message)
{
    const auto says = [&message](const char *word) {
        return message.contains(QLatin1String(word), Qt::CaseInsensitive);
    };
    if (says("timed out") || says("timeout") || says("504"))
        return Words::tr(
            "Likely cause: the API server, or its etcd behind it, is slow or overloaded.\n"
            "To do: wait and retry; `kubectl get --raw '/readyz?verbose'` says which part is not ready.");
    if (says("429"))
        return Words::tr(
            "Likely cause: the API server sheds load.\nTo do: wait; it is asked again by itself.");
    if (says("500") || says("502") || says("503"))
        return Words::tr("Likely cause: the API server, a webhook that it asks, or a proxy before it fails.\n"
                         "To do: `kubectl get --raw '/readyz?verbose'` and the API server's log say which.");
    return Words::tr(
        "To do: retry; if it stays so, let the connection doctor go through the way step by step.");
}

PageState forbidden(const PageProblem &problem, const QDateTime &askedAt)
{
    const bool hasRole = !problem.details.isEmpty();
    PageState state;
    state.text = {
        .title = Words::tr("Not allowed to read this"),
        .text = problem.message + u'\n'
            + Words::tr("Where one namespace is enough, choose it, or name it in the context: kubectl config "
                        "set-context --current --namespace=NAME. For all of them the account needs this "
                        "ClusterRole:"),
        .severity = Severity::Warning,
        .primary = Words::tr("Retry"),
        .secondary = hasRole ? Words::tr("Copy the ClusterRole") : Words::tr("Choose a context…"),
        .link = hasRole ? Words::tr("Choose namespaces…") : QString(),
        .details = problem.details};
    if (!hasRole)
        state.text.text = problem.message;
    if (askedAt.isValid()) // no age: what is selected in this text would be lost each second
        state.text.text += u'\n'
            + Words::tr("Asked last at %1; Retry, or F5, asks again.")
                  .arg(askedAt.toLocalTime().toString(u"hh:mm:ss"_s));
    state.secondary = hasRole ? PageWish::Copy : PageWish::Context;
    return state;
}

PageState absent(const PageProblem &problem, const PageOfKinds &page)
{
    PageState state;
    state.text = {.title = page.kinds.isEmpty() ? Words::tr("This cluster does not know these kinds")
                                                : Words::tr("This cluster does not know %1").arg(page.kinds),
                  .text = problem.message,
                  .severity = Severity::Unknown,
                  .primary = page.isGuide ? Words::tr("Retry") : Words::tr("Open the guide"),
                  .secondary = page.isGuide ? QString() : Words::tr("Retry")};
    state.primary = page.isGuide ? PageWish::Retry : PageWish::Guide;
    state.secondary = PageWish::Retry;
    return state;
}

PageState failed(const PageProblem &problem, const PageOfKinds &page)
{
    PageState state;
    state.text = {.title = page.kinds.isEmpty() ? Words::tr("It could not be read")
                                                : Words::tr("%1 could not be read").arg(page.kinds),
                  .text = problem.message + u'\n' + causeOf(problem.message + u' ' + problem.details),
                  .severity = Severity::Error,
                  .primary = Words::tr("Retry"),
                  .secondary = Words::tr("Copy details"),
                  .details = problem.details.isEmpty() ? problem.message : problem.details};
    return state;
}

// What is done one after the other, with what is done already; the doctor times each.
PageState connecting(const ConnectionState &connection, const QDateTime &now)
{
    constexpr qint64 Long = 5; // seconds, after which one wants to know why
    const qint64 seconds = connection.since.isValid() ? connection.since.secsTo(now) : 0;
    const bool hasVersion = !connection.version.isEmpty();
    QStringList lines{Words::tr("✓  kubeconfig read: %1").arg(connection.server),
                      hasVersion ? Words::tr("✓  signed in: Kubernetes %1").arg(connection.version)
                                 : Words::tr("…  sign in, TLS, ask for the version"),
                      hasVersion ? Words::tr("…  ask which kinds it has, and what may be read")
                                 : Words::tr("·   ask which kinds it has, and what may be read"),
                      Words::tr("·   read them")};
    if (seconds > 0)
        lines.append(Words::tr("for %1 s").arg(seconds));
    if (seconds >= Long)
        lines.append(
            Words::tr("This takes long. Cancel, and let the connection doctor on the welcome page go "
                      "through it step by step."));
    PageState state;
    state.text = {.title = Words::tr("Connecting to %1 …").arg(connection.context),
                  .text = lines.join(u'\n'),
                  .secondary = Words::tr("Cancel")};
    state.secondary = PageWish::Cancel;
    return state;
}

PageState loading(const ConnectionState &connection)
{
    const QString progress =
        connection.listed > 0 ? progressText(connection) : Words::tr("Rows appear as the server sends them.");
    PageState state;
    state.text = {.title = Words::tr("Reading %1 …").arg(connection.context),
                  .text = progress,
                  .secondary = Words::tr("Cancel")};
    state.secondary = PageWish::Cancel;
    return state;
}

PageState notConnected(const ConnectionState &connection)
{
    PageState state;
    if (isOfTheFile(connection)) {
        state.text = {.title = Words::tr("Not connected"),
                      .text = connection.message,
                      .severity = Severity::Warning,
                      .primary = Words::tr("Retry"),
                      .secondary = Words::tr("Open a file…")};
        state.secondary = PageWish::File;
        return state;
    }
    state.text = {.title = Words::tr("Not connected"),
                  .text = Words::tr("Choose a context. Nothing is contacted before that."),
                  .primary = Words::tr("Choose a context…")};
    state.primary = PageWish::Context;
    return state;
}

PageState noConnection(const ConnectionState &connection, const QDateTime &now)
{
    PageState state;
    state.text = {
        .title = connection.context.isEmpty() ? Words::tr("No connection")
                                              : Words::tr("No connection to %1").arg(connection.context),
        .text = QStringList({connection.message, retryText(connection, now)}).join(u'\n').trimmed(),
        .severity = Severity::Error,
        .primary = Words::tr("Retry"),
        .secondary = isOfTheFile(connection) ? Words::tr("Open a file…") : Words::tr("Connection doctor…")};
    state.secondary = isOfTheFile(connection) ? PageWish::File : PageWish::Doctor;
    return state;
}

} // namespace

QString progressText(const ConnectionState &connection)
{
    const QLocale locale;
    return connection.remaining >= 0
        ? Words::tr("%1 of about %2 Mappings")
              .arg(locale.toString(connection.listed),
                   locale.toString(connection.listed + connection.remaining))
        : Words::tr("%1 Mappings so far").arg(locale.toString(connection.listed));
}

QString retryText(const ConnectionState &connection, const QDateTime &now)
{
    return connection.retryAt.isValid() && connection.retryAt > now
        ? Words::tr("Tried again in %1 s.").arg(now.secsTo(connection.retryAt) + 1)
        : QString();
}

bool isOfTheFile(const ConnectionState &connection)
{
    const bool isUnread = connection.phase == Phase::NotConnected && !connection.message.isEmpty();
    return isUnread || (connection.phase == Phase::Failed && connection.server.isEmpty());
}

std::optional<PageState> pageState(const ConnectionState &connection, const PageProblem &problem,
                                   const PageOfKinds &page, const QDateTime &now)
{
    switch (problem.kind) {
    case PageProblem::Kind::Forbidden: {
        PageProblem whole =
            problem; // with all that the account lacks, or the next page would ask for another role
        if (!problem.details.isEmpty() && !connection.clusterRole.isEmpty())
            whole.details = connection.clusterRole;
        return forbidden(whole, connection.refusedAt.value(problem.plural));
    }
    case PageProblem::Kind::Absent: return absent(problem, page);
    case PageProblem::Kind::Failed: return failed(problem, page);
    case PageProblem::Kind::None: break;
    }
    if (page.hasContent)
        return {};
    switch (connection.phase) {
    case Phase::NotConnected: return notConnected(connection);
    case Phase::Connecting: return connecting(connection, now);
    case Phase::Failed: return noConnection(connection, now);
    case Phase::Live:
    case Phase::Stale: break;
    }
    return loading(connection);
}

} // namespace ui
