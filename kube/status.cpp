// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/status.h"

#include "kube/resource_type.h"

#include <QRegularExpression>

#include <simdjson.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

using Element = simdjson::simdjson_result<simdjson::dom::element>;

QString text(const Element &element)
{
    std::string_view value;
    if (element.get(value) != simdjson::SUCCESS)
        return {};
    return QString::fromUtf8(value.data(), qsizetype(value.size()));
}

int number(const Element &element)
{
    int64_t value = 0;
    if (element.get(value) != simdjson::SUCCESS)
        return 0;
    return int(std::clamp<int64_t>(value, 0, 86'400));
}

// A patch whose result has no right shape is answered with the whole object, or with what the patch says (as Go writes a map): of a Secret
// with its values, too.
QString withoutObjects(QString message, bool isOfSecrets)
{
    static const QRegularExpression object(
        uR"re(Invalid value: "\s*(?:[{\[]|map\[)(?:[^"\\]++|\\.)*+(?:"|\z))re"_s,
        QRegularExpression::DotMatchesEverythingOption);
    message.replace(object, u"Invalid value: the object as it would be"_s);
    if (!isOfSecrets)
        return message;
    // What is of another type than it should be is quoted by typed patches, and before 1.23 the bytes around it: where that ends, nobody
    // can tell, so that nothing behind it is said.
    static const QRegularExpression value(u", (?:got|error found in #\\d+ byte of) .*"_s,
                                          QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression unmarshalled(u"(cannot unmarshal number) \\S+ (?=into )"_s);
    message.replace(unmarshalled, u"\\1 "_s);
    return message.replace(value, u"; what it got instead is not said here, since it is a Secret's"_s);
}

QList<StatusCause> causesOf(const Element &details, bool isOfSecrets)
{
    QList<StatusCause> causes;
    simdjson::dom::array list;
    if (details["causes"].get(list) != simdjson::SUCCESS)
        return causes;
    for (const simdjson::dom::element cause : list)
        causes.append({text(cause["reason"]), text(cause["field"]),
                       withoutObjects(text(cause["message"]), isOfSecrets)});
    return causes;
}

// configmaps "x", of the request's own path; what is below an object's name is left aside.
QString objectOf(const QString &where)
{
    QStringList parts = where.section(u' ', 1).split(u'/', Qt::SkipEmptyParts);
    const qsizetype prefix = parts.value(0) == u"api"_s ? 2 : parts.value(0) == u"apis"_s ? 3 : parts.size();
    parts = parts.sliced(qMin(prefix, parts.size()));
    if (parts.size() > 3 && parts[0] == u"namespaces"_s)
        parts = parts.sliced(2);
    return parts.size() < 2 ? u"the request"_s : u"%1 \"%2\""_s.arg(parts[0], parts[1]);
}

// Servers do not know whose a patch's wrong result is: ' "" is invalid: patch: …'.
QString withItsObject(QString message, const QString &where)
{
    static const QRegularExpression nameless(u"^\\s*\"\" is invalid: "_s);
    if (nameless.match(message).hasMatch())
        message.replace(nameless, objectOf(where) + u" is invalid: "_s);
    return message;
}

// What servers say of a JSON patch whose test fails, or whose path is not there, and nothing else; they name neither.
QString withWhatAPatchMissed(const QString &message, const QString &where)
{
    if (!where.startsWith("PATCH "_L1)
        || message != "the server rejected our request due to an error in our request"_L1)
        return message;
    return u"%1 is no longer as it was when this patch of it was made: somebody has changed it since, so nothing was written; look at it and do it again"_s
        .arg(objectOf(where));
}

} // namespace

Error::Kind kindOfHttpStatus(int httpStatus)
{
    switch (httpStatus) {
    case 400:
    case 422: return Error::Kind::Invalid;
    case 401: return Error::Kind::Unauthorized;
    case 403: return Error::Kind::Forbidden;
    case 404: return Error::Kind::NotFound;
    case 409: return Error::Kind::Conflict;
    case 410: return Error::Kind::Expired;
    case 429: return Error::Kind::TooManyRequests;
    case 504: return Error::Kind::Timeout;
    default: break;
    }
    if (httpStatus >= 500)
        return Error::Kind::Server;
    return httpStatus >= 400 ? Error::Kind::Invalid : Error::Kind::Protocol;
}

std::optional<Error> errorFromStatus(const QByteArray &json, const QString &where)
{
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(json.constData(), size_t(json.size())).get(root) != simdjson::SUCCESS)
        return std::nullopt;
    if (text(root["kind"]) != u"Status" || text(root["status"]) == u"Success")
        return std::nullopt;
    Error error;
    error.httpStatus = number(root["code"]);
    error.kind = kindOfHttpStatus(error.httpStatus);
    error.reason = text(root["reason"]);
    const bool isOfSecrets = mayHoldSecrets(where.section(u' ', 1));
    error.causes = causesOf(root["details"], isOfSecrets);
    error.retryAfterSeconds =
        std::clamp(number(root["details"]["retryAfterSeconds"]), 0, longestRetryAfterSeconds);
    QString message = text(root["message"]);
    if (message.isEmpty())
        message = error.reason.isEmpty() ? u"the server gave no reason"_s : error.reason;
    message = withoutObjects(withWhatAPatchMissed(message, where), isOfSecrets);
    error.message = u"%1: %2"_s.arg(where, withItsObject(message, where));
    return error;
}

} // namespace kube
