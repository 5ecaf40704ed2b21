// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/object_reader.h"

#include "kube/json_syntax.h"
#include "kube/secret_reader.h"
#include "kube/status.h"
#include "kube/wipe.h"

#include <QScopeGuard>

#include <algorithm>
#include <chrono>
#include <unordered_map>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

QString *columnFor(Object &object, std::string_view key)
{
    if (key == "name")
        return &object.name;
    if (key == "namespace")
        return &object.nameSpace;
    if (key == "uid")
        return &object.uid;
    if (key == "resourceVersion")
        return &object.resourceVersion;
    return key == "creationTimestamp" ? &object.creationTimestamp : nullptr;
}

// "2026-11-26T12:03:11Z", as managedFields have it, fractions or not; 0: something else.
qint64 secondsOf(std::string_view time)
{
    constexpr std::string_view shape = "0000-00-00T00:00:00";
    if (time.size() <= shape.size() || time.back() != 'Z')
        return 0;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool isDigit = time[i] >= '0' && time[i] <= '9';
        if (shape[i] == '0' ? !isDigit : time[i] != shape[i])
            return 0;
    }
    const auto number = [&](std::size_t from, std::size_t digits) {
        int value = 0;
        for (const char digit : time.substr(from, digits))
            value = value * 10 + (digit - '0');
        return value;
    };
    const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                          std::chrono::month(unsigned(number(5, 2))),
                                          std::chrono::day(unsigned(number(8, 2)))};
    if (!day.ok())
        return 0;
    const qint64 days = std::chrono::sys_days(day).time_since_epoch().count();
    return ((days * 24 + number(11, 2)) * 60 + number(14, 2)) * 60 + number(17, 2);
}

// Names of managers are few and stand in every object: each is kept once for all.
QString sharedName(const std::string &name)
{
    thread_local std::unordered_map<std::string, QString> known;
    if (known.size() > 256) // somebody's names are without end
        known.clear();
    QString &kept = known[name];
    if (kept.isNull())
        kept = QString::fromStdString(name);
    return kept;
}

// [{manager, fieldsV1}]; empty where they are of one manager.
QByteArray writesOfSeveral(const QList<std::pair<QString, std::string_view>> &writes)
{
    const bool isOfOne = std::all_of(writes.cbegin(), writes.cend(), [&writes](const auto &write) {
        return write.first == writes.constFirst().first;
    });
    if (isOfOne)
        return {};
    QByteArray out("[");
    for (const auto &[manager, fields] : writes) {
        if (fields.empty())
            continue;
        out.append(out.size() > 1 ? "," : "");
        out.append("{\"manager\":");
        appendQuoted(out, manager.toStdString());
        out.append(",\"fieldsV1\":");
        append(out, fields);
        out.append('}');
    }
    return out.append(']');
}

void readWrites(ondemand::value managedFields, Object &object)
{
    if (managedFields.type() != ondemand::json_type::array)
        return;
    QString newest;
    QList<std::pair<QString, std::string_view>> ofNewestSecond;
    for (ondemand::value entry : managedFields.get_array()) {
        if (entry.type() != ondemand::json_type::object)
            continue;
        std::string_view time, subresource, fields;
        QString manager;
        for (ondemand::field field : entry.get_object()) {
            const std::string key = keyOf(field);
            if (key == "manager")
                manager = sharedName(stringOrNothing(field.value()).toStdString());
            else if (key == "time" || key == "subresource" || key == "fieldsV1")
                (key == "time" ? time : key == "fieldsV1" ? fields : subresource) = rawText(field.value());
        }
        if (subresource == "\"status\"")
            continue;
        const qint64 at = time.size() > 2 ? secondsOf(time.substr(1, time.size() - 2)) : 0;
        if (at > object.changedAt) {
            object.changedAt = at;
            newest = manager;
            ofNewestSecond.clear();
        }
        if (at > 0 && at == object.changedAt && !manager.isEmpty())
            ofNewestSecond.append({manager, fields});
        if (!manager.isEmpty() && !object.managers.contains(manager))
            object.managers.append(manager);
    }
    if (const qsizetype at = object.managers.indexOf(newest); at > 0)
        object.managers.move(at, 0);
    object.newestWrites = writesOfSeveral(ofNewestSecond);
}

void readMetadata(ondemand::value metadata, Object &object, bool isSecret)
{
    object.json.append('{');
    for (ondemand::field field : metadata.get_object()) {
        const std::string key = keyOf(field);
        if (key == "managedFields") {
            readWrites(field.value(), object);
            continue;
        }
        ondemand::value value = field.value();
        appendKey(object.json, key);
        if (isSecret && key == "annotations") {
            object.json.append(publicAnnotations(value, object.prints));
            continue;
        }
        QString *column = columnFor(object, key);
        append(object.json, rawText(value));
        if (column)
            *column = stringOrNothing(value);
    }
    object.json.append('}');
}

struct Identity
{
    std::string kind, apiVersion; // "" in the items of typed lists
};

Identity identityOf(ondemand::object &object)
{
    Identity identity;
    for (ondemand::field field : object) {
        const std::string key = keyOf(field);
        if (key == "kind")
            identity.kind = textOf(field.value());
        else if (key == "apiVersion")
            identity.apiVersion = textOf(field.value());
        if (!identity.kind.empty() && !identity.apiVersion.empty())
            break;
    }
    object.reset();
    return identity;
}

void startObject(QByteArray &json, const Identity &identity, const ResourceType &type)
{
    json.append('{');
    if (identity.apiVersion.empty()) {
        appendKey(json, "apiVersion");
        appendQuoted(json, type.apiVersion().toStdString());
    }
    if (identity.kind.empty()) {
        appendKey(json, "kind");
        appendQuoted(json, type.kind.toStdString());
    }
}

Object makeObject(ondemand::object source, const ResourceType &type)
{
    const Identity identity = identityOf(source);
    const bool isSecret = identity.kind == "Secret" || (type.group.isEmpty() && type.plural == u"secrets");
    Object object;
    startObject(object.json, identity, type);
    for (ondemand::field field : source) {
        const std::string key = keyOf(field);
        ondemand::value value = field.value();
        if (key == "metadata") {
            appendKey(object.json, key);
            readMetadata(value, object, isSecret);
        } else if (isSecret && (key == "data" || key == "stringData")) {
            appendKey(object.json, key);
            object.json.append(publicData(value, key == "data", object.prints));
        } else if (!isSecret || isPublicMemberOfSecret(key)) {
            appendKey(object.json, key);
            append(object.json, rawText(value));
        }
    }
    object.json.append('}');
    object.json.squeeze();
    if (object.name.isEmpty())
        throw WrongShape{u"an object without metadata.name"_s};
    return object;
}

void readListMetadata(ondemand::value metadata, ListPage &page)
{
    if (metadata.type() != ondemand::json_type::object)
        return;
    for (ondemand::field field : metadata.get_object()) {
        const std::string key = keyOf(field);
        if (key == "resourceVersion")
            page.resourceVersion = stringOrNothing(field.value());
        else if (key == "continue")
            page.continueToken = stringOrNothing(field.value());
        else if (key == "remainingItemCount")
            page.remaining = field.value().get_int64();
    }
}

ListPage makeList(ondemand::object root, const ResourceType &type)
{
    ListPage page;
    bool hasItems = false;
    for (ondemand::field field : root) {
        const std::string key = keyOf(field);
        ondemand::value value = field.value();
        if (key == "metadata") {
            readListMetadata(value, page);
        } else if (key == "items") {
            hasItems = true;
            if (value.type() == ondemand::json_type::null) // Go's way of writing an empty list
                continue;
            for (ondemand::value item : value.get_array())
                page.items.append(makeObject(item.get_object(), type));
        }
    }
    if (!hasItems)
        throw WrongShape{u"a list without items"_s};
    return page;
}

WatchEvent::Type changeType(std::string_view name)
{
    if (name == "ADDED")
        return WatchEvent::Type::Added;
    if (name == "MODIFIED")
        return WatchEvent::Type::Modified;
    if (name == "DELETED")
        return WatchEvent::Type::Deleted;
    throw WrongShape{u"an event of the unknown type “%1”"_s.arg(toQString(name.substr(0, 40)))};
}

WatchEvent failedEvent(std::string_view status, const ResourceType &type)
{
    WatchEvent event;
    event.type = WatchEvent::Type::Failed;
    const auto error =
        errorFromStatus(QByteArray(status.data(), qsizetype(status.size())), u"watching "_s + type.plural);
    event.error = error
        ? *error
        : failure(Error::Kind::Protocol, u"watching %1: an error without a Status"_s.arg(type.plural))
              .value();
    return event;
}

WatchEvent makeEvent(ondemand::object root, const ResourceType &type)
{
    std::string name;
    std::string_view text;
    for (ondemand::field field : root) { // in either order
        const std::string key = keyOf(field);
        if (key == "type")
            name = textOf(field.value());
        else if (key == "object")
            text = rawText(field.value());
    }
    if (name == "ERROR")
        return failedEvent(text, type);
    ondemand::parser parser;
    ondemand::document document =
        parser.iterate(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
    ondemand::object source = document.get_object();
    WatchEvent event;
    if (name == "BOOKMARK") {
        event.type = WatchEvent::Type::Bookmark;
        ondemand::object metadata = source["metadata"].get_object();
        event.object.resourceVersion = toQString(textOf(metadata["resourceVersion"]));
        if (event.object.resourceVersion.isEmpty()) // the place to go on is all that it is for
            throw WrongShape{u"a BOOKMARK without a resourceVersion"_s};
        ondemand::object annotations;
        std::string_view isEnd;
        event.endsInitialEvents = metadata["annotations"].get_object().get(annotations) == simdjson::SUCCESS
            && annotations["k8s.io/initial-events-end"].get_string().get(isEnd) == simdjson::SUCCESS
            && isEnd == "true";
        return event;
    }
    event.type = changeType(name);
    const Identity identity = identityOf(source);
    if (identity.kind.empty() || toQString(identity.kind) == type.kind)
        event.object = makeObject(source, type);
    else
        event.type = WatchEvent::Type::Foreign;
    return event;
}

template<typename Make>
auto readJson(const QByteArray &json, const ResourceType &type, Make make)
    -> Result<decltype(make(ondemand::object(), type))>
{
    const QByteArray source = padded(json);
    const auto wiped = qScopeGuard([&] { wipe(source); }); // it may be a Secret
    QString why;
    try {
        ondemand::parser parser;
        ondemand::document document = parser.iterate(view(source));
        auto value = make(document.get_object(), type);
        if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
            why = u"something follows the end of the document"_s;
        else if (!isJson({source.constData(), size_t(source.size())})) // what was only walked past
            why = u"it is not JSON everywhere"_s;
        else
            return value;
    } catch (const simdjson::simdjson_error &error) {
        why = QString::fromUtf8(error.what());
    } catch (const WrongShape &wrong) {
        why = wrong.message;
    }
    return failure(
        Error::Kind::Protocol,
        u"%1: the answer cannot be read (%2); is this the address of a Kubernetes API server?"_s.arg(
            type.plural, why));
}

} // namespace

Result<Object> readObject(const ResourceType &type, const QByteArray &json)
{
    return readJson(json, type, makeObject);
}
Result<ListPage> readList(const ResourceType &type, const QByteArray &json)
{
    return readJson(json, type, makeList);
}
Result<WatchEvent> readEvent(const ResourceType &type, const QByteArray &line)
{
    return readJson(line, type, makeEvent);
}

} // namespace kube
