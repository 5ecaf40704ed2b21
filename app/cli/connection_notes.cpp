// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/connection_notes.h"

#include "app/cli/asked_line.h"
#include "app/cli/output.h"
#include "app/cli/session.h"
#include "app/cli/text_editor.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

using Answer = std::function<void(bool)>;

// Arguments are shown, for they say what will happen; the values of its environment are not.
QString questionAbout(const kube::ExecPlugin &plugin, const QString &owner)
{
    QStringList words{plugin.command};
    words += plugin.arguments;
    QStringList names;
    for (const auto &[name, value] : plugin.environment)
        names.append(name);
    const QString with =
        names.isEmpty() ? QString() : u" (it is given the variables %1)"_s.arg(names.join(u", "_s));
    return u"To sign in, %1 wants this program to run: %2%3\nType yes to let it run:"_s.arg(
        owner, words.join(u' '), with);
}

} // namespace

void ConnectionNotes::sayOnce(const QString &line)
{
    if (m_said.contains(line))
        return;
    m_said.insert(line);
    m_say(printable(line));
}

void ConnectionNotes::warned(const QString &text) { sayOnce(u"warning: "_s + text); }

void ConnectionNotes::signIn(const QString &text) { sayOnce(text); }

void ConnectionNotes::waits(const QString &why, int seconds)
{
    sayOnce(u"note: %1; asking again in %2 s"_s.arg(why).arg(seconds));
}

void ConnectionNotes::ended(const kube::RequestRecord &record)
{
    if (!m_isVerbose)
        return;
    const QString status = record.status == 0 ? u"no answer"_s : QString::number(record.status);
    m_say(u"%1 %2 %3 %4 ms"_s.arg(QString::fromLatin1(record.method), record.path, status,
                                  QString::number(record.msecs)));
}

void ConnectionNotes::listenTo(kube::Client &client)
{
    kube::Transport &transport = client.transport();
    QObject::connect(&client, &kube::Client::warned, &client, [this](const QString &text) { warned(text); });
    QObject::connect(&client, &kube::Client::waiting, &client,
                     [this](const QString &why, int seconds) { waits(why, seconds); });
    QObject::connect(&transport, &kube::Transport::signInMessage, &client,
                     [this](const QString &text) { signIn(text); });
    QObject::connect(&transport, &kube::Transport::requestEnded, &client,
                     [this](const kube::RequestRecord &record) { ended(record); });
}

// Waits here, on the connection's thread: without credentials there is nothing else to do on it.
bool ConnectionNotes::isAllowed(const QString &question, const std::stop_token &stop)
{
    const auto known = m_answers.constFind(question);
    if (known != m_answers.constEnd())
        return *known;
    m_say(question);
    return *m_answers.insert(question, askedLine(stop) == u"yes"_s);
}

void ConnectionNotes::prepare(kube::Connection &connection, const SessionOptions &options)
{
    using Policy = SessionOptions::ExecPolicy;
    connection.timeoutMs = options.timeoutMs;
    connection.isTimeoutWhole = options.isTimeoutChosen;
    if (options.isTimeoutChosen)
        connection.signInMs = options.timeoutMs;
    connection.lendsTerminal = isAtTerminal();
    connection.remedies.timeout = u"allow more time by --timeout"_s;
    if (options.execPolicy == Policy::Deny) {
        connection.remedies.refusedPlugin =
            u"--exec-policy is deny; allow it by --exec-policy ask or allow, or take a context without it"_s;
        connection.mayRun = [](const kube::ExecPlugin &, const Answer &answer) { answer(false); };
    } else if (options.execPolicy == Policy::Ask) {
        connection.remedies.refusedPlugin = u"answer the question with yes, or give --exec-policy allow"_s;
        const QString owner = connection.userEntry();
        connection.mayRun = [this, owner, stop = options.stop](const kube::ExecPlugin &plugin,
                                                               const Answer &answer) {
            answer(isAllowed(questionAbout(plugin, owner), stop));
        };
    }
}

} // namespace app::cli
