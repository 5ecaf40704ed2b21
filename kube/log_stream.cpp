// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/log_stream.h"

#include "kube/client.h"
#include "kube/resource_type.h"

#include <QUrl>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace kube {

namespace {

// RFC 3339, of one zone.  Runtimes may leave the zeros at a fraction's end away: 00.5Z is earlier than 00.50001Z, and as text later.
bool isEarlier(QStringView a, QStringView b)
{
    const auto digits = [](QStringView time) { return time.endsWith(u'Z') ? time.chopped(1) : time; };
    return digits(a) < digits(b);
}

bool isTime(const QByteArray &word)
{
    static const QByteArray shape = "0000-00-00T00:00:00";
    if (word.size() <= shape.size()
        || !(word.endsWith('Z') || word[word.size() - 6] == '+' || word[word.size() - 6] == '-'))
        return false;
    return std::equal(shape.begin(), shape.end(), word.begin(),
                      [](char wanted, char c) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; });
}

LogLine lineOf(const QByteArray &raw)
{
    const qsizetype space = raw.indexOf(' ');
    const QByteArray word = raw.left(space);
    if (!isTime(word))
        return {{}, QString::fromUtf8(raw)};
    return {QString::fromLatin1(word), QString::fromUtf8(space < 0 ? QByteArray() : raw.mid(space + 1))};
}

bool isPassing(const Error &error) // the same request may do a little later
{
    switch (error.kind) {
    case Error::Kind::Unreachable:
    case Error::Kind::Timeout:
    case Error::Kind::TooManyRequests:
    case Error::Kind::Server: return true;
    default: return false;
    }
}

} // namespace

LogStream::LogStream(Transport &transport, QString nameSpace, QString pod, LogOptions options,
                     QObject *parent)
    : QObject(parent)
    , m_transport(transport)
    , m_nameSpace(std::move(nameSpace))
    , m_pod(std::move(pod))
    , m_options(std::move(options))
    , m_lines(LineSplitter::DefaultLimit, " ... (cut here: the line is longer than 16 MiB)")
{
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &LogStream::send);
    m_silent.setSingleShot(true);
    m_silent.setInterval(LongestSilence);
    connect(&m_silent, &QTimer::timeout, this, &LogStream::isSilent);
}

LogStream::~LogStream() { m_transport.cancel(m_transfer); }

void LogStream::start()
{
    if (m_transfer == 0 && !m_again.isActive())
        send();
}

void LogStream::setReading(bool isReading)
{
    isReading ? m_transport.resume(m_transfer) : m_transport.pause(m_transfer);
    if (isReading && m_options.follow && m_transfer != 0)
        m_silent.start();
    else
        m_silent.stop(); // its silence is ours
}

QString LogStream::path() const
{
    QStringList items{u"timestamps=true"_s};
    if (!m_options.container.isEmpty())
        items.append(u"container="_s + QString::fromLatin1(QUrl::toPercentEncoding(m_options.container)));
    if (m_options.follow)
        items.append(u"follow=true"_s);
    if (m_options.previous)
        items.append(u"previous=true"_s);
    if (!m_lastTime.isEmpty())
        items.append(u"sinceTime="_s + QString::fromLatin1(QUrl::toPercentEncoding(m_lastTime)));
    else if (m_options.sinceSeconds >= 0)
        items.append(u"sinceSeconds=%1"_s.arg(m_options.sinceSeconds));
    if (m_lastTime.isEmpty() && m_options.tailLines >= 0)
        items.append(u"tailLines=%1"_s.arg(m_options.tailLines));
    return types::pods().path(m_nameSpace, m_pod) + u"/log?"_s + items.join(u'&');
}

void LogStream::send()
{
    m_lines.clear();
    m_toSkip.clear();
    for (const QString &time : std::as_const(m_shown)) {
        if (!isEarlier(time, m_lastTime))
            ++m_toSkip[time];
    }
    m_isCatchingUp = !m_lastTime.isEmpty();
    m_isSkipping = false;
    HttpRequest request;
    request.path = path();
    request.accept = "*/*";
    request.isRenewable = true;
    request.timeoutMs = m_options.follow ? 0 : 60'000;
    request.ownConnection = std::exchange(m_wasSilent, false);
    Transport::Callbacks callbacks;
    callbacks.onData = [this](const QByteArray &piece) { take(piece); };
    callbacks.finished = [this](const Result<HttpResponse> &answer) { finished(answer); };
    m_transfer = m_transport.send(request, std::move(callbacks));
    if (m_options.follow)
        m_silent.start();
}

void LogStream::isSilent()
{
    if (m_transfer == 0)
        return;
    if (m_transport.isAskedForLife(m_transfer))
        return m_silent.start();
    m_transport.cancel(m_transfer);
    m_wasSilent = true;
    send();
}

bool LogStream::wasShown(const QString &time)
{
    if (!m_isCatchingUp)
        return false;
    if (const auto again = m_toSkip.find(time); again != m_toSkip.end() && *again > 0) {
        --*again;
        return true;
    }
    if (isEarlier(time, m_lastTime)) // sinceTime is taken in whole seconds
        return true;
    m_isCatchingUp = false;
    return false;
}

void LogStream::take(const QByteArray &piece)
{
    if (m_silent.isActive())
        m_silent.start();
    QList<LogLine> lines;
    for (const QByteArray &raw : m_lines.feed(piece)) {
        const LogLine line = lineOf(raw);
        if (line.time.isEmpty()) {
            if (!m_isSkipping)
                lines.append(line);
            continue;
        }
        m_isSkipping = wasShown(line.time);
        if (m_isSkipping)
            continue;
        m_lastTime = line.time;
        m_shown.append(line.time);
        if (m_shown.size() >= 2 * MostRemembered)
            m_shown.remove(0, MostRemembered);
        lines.append(line);
    }
    if (lines.isEmpty())
        return;
    m_tries = 0;
    Q_EMIT arrived(lines);
}

void LogStream::finished(const Result<HttpResponse> &answer)
{
    m_transfer = 0;
    m_silent.stop();
    if (answer && answer->status == 200) {
        if (const QByteArray rest = m_lines.takeRest(); !rest.isEmpty())
            take(rest + '\n');
        Q_EMIT ended({});
        return;
    }
    const QString what = u"the log of %1/%2"_s.arg(m_nameSpace, m_pod);
    const bool isUnscheduled =
        answer && answer->status == 204; // an API server's word for: no node runs it yet
    const Error error = isUnscheduled
        ? failure(Error::Kind::NotFound, what + u": no node runs this pod yet, so there is none"_s).value()
        : answer ? errorFromResponse(*answer, what, m_transport.connection())
                 : answer.error();
    if (!m_options.follow || (!isUnscheduled && !isPassing(error)) || ++m_tries > MaxTries) {
        Q_EMIT ended(error.message);
        return;
    }
    const int wait = std::min(1 << (m_tries - 1), 15);
    m_again.start(1000 * std::max(wait, error.retryAfterSeconds));
    Q_EMIT reconnecting(error.message);
}

} // namespace kube
