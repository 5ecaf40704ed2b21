// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/field_faults.h"

#include "models/resources/field_rules.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// A place in an object, by what it is reached from: made into a text for faults only, since nearly all objects have none.
struct Place
{
    const Place *above = nullptr; // nullptr: the object itself
    std::string_view key;         // "": the item of a list
    std::size_t item = 0;

    QString path() const
    {
        if (!above)
            return {};
        const QString before = above->path();
        if (key.empty())
            return u"%1[%2]"_s.arg(before).arg(item);
        return before.isEmpty() ? text(key) : before + u'.' + text(key);
    }
};

bool isPort(const std::string &key)
{
    bool isNumber = false;
    const int port = text(key).toInt(&isNumber);
    return isNumber && port > 0 && port <= 65535;
}

bool isWhole(const edge::Value &value)
{
    return value.isNumber() && value.toInteger(0) == value.toInteger(1);
}

bool isPort(const edge::Value &value)
{
    return isWhole(value) && value.toInteger(0) > 0 && value.toInteger(0) <= 65535;
}

constexpr char NoPort[] = "must be from 1 to 65535";

QString mustBe(bool isIt, const char *what) { return isIt ? QString() : QString::fromLatin1(what); }

// Why not, "" it is what is wanted.
QString whyNot(const edge::Value &value, const FieldRule &rule)
{
    switch (rule.type) {
    case FieldType::Any:
        return rule.isList() ? mustBe(value.isArray(), "must be a list")
                             : mustBe(value.isObject(), "must be an object");
    case FieldType::Text:
    case FieldType::HiddenText: return mustBe(value.isString(), "must be a text");
    case FieldType::Number: return mustBe(isWhole(value), "must be a whole number");
    case FieldType::NumberOrText:
        return mustBe(isWhole(value) || value.isString(), "must be a whole number or a name");
    case FieldType::Port: return isWhole(value) ? mustBe(isPort(value), NoPort) : u"must be a whole number"_s;
    case FieldType::PortOrText: // 0: as if it were not there
        return isWhole(value) ? mustBe(isPort(value) || value.toInteger(1) == 0, NoPort)
                              : mustBe(value.isString(), "must be a whole number or a name");
    case FieldType::Bool: return mustBe(value.isBool(), "must be true or false");
    case FieldType::Object: return mustBe(value.isObject(), "must be an object");
    case FieldType::List: return mustBe(value.isArray(), "must be a list");
    case FieldType::Ports:
        return mustBe(value.isObject()
                          && std::all_of(value.members().begin(), value.members().end(),
                                         [](const auto &one) { return isPort(one.first); }),
                      "must have numbers of ports as its keys");
    case FieldType::OneOf: break;
    }
    const QStringList values = QString::fromLatin1(rule.values).split(u' ');
    return value.isString() && values.contains(text(value)) ? QString()
                                                            : u"must be one of "_s + values.join(u", "_s);
}

QString typeName(const edge::Value &value)
{
    switch (value.type()) {
    case edge::Value::Type::Null: return u"nothing"_s;
    case edge::Value::Type::Bool: return u"true or false"_s;
    case edge::Value::Type::Number: return u"a number"_s;
    case edge::Value::Type::String: return u"a text"_s;
    case edge::Value::Type::Array: return u"a list"_s;
    case edge::Value::Type::Object: break;
    }
    return u"an object"_s;
}

// Secret values below it are not shown either.
bool isHidden(const FieldRule &rule)
{
    return rule.type == FieldType::HiddenText
        || std::any_of(rule.children.begin(), rule.children.end(), isHidden);
}

QString shown(const edge::Value &value, const FieldRule &rule)
{
    if (isHidden(rule))
        return typeName(value);
    constexpr qsizetype Most = 60;
    const QString all = QString::fromStdString(edge::toJson(value));
    return all.size() <= Most ? all : all.left(Most) + u'…';
}

struct Judge
{
    const ObjectRef &object;
    const QString &refusal; // what comes of a fault
    QList<Finding> &found;

    void go(const edge::Value &value, const FieldRule &rule, const Place &place)
    {
        if (value.isNull()) // as if it were not there
            return;
        if (const QString why = whyNot(value, rule); !why.isEmpty()) {
            const QString path = place.path();
            found.append({u"MT-025"_s,
                          Severity::Error,
                          object,
                          path,
                          u"%1 is %2, and %3: %4"_s.arg(path.isEmpty() ? u"it"_s : path, shown(value, rule),
                                                        why, refusal),
                          {},
                          u"correct the field"_s});
            return;
        }
        for (const FieldRule &child : rule.children) {
            if (child.key == "[]") {
                for (std::size_t i = 0; i < value.items().size(); ++i)
                    go(value.items()[i], child, {&place, {}, i});
            } else if (child.key == "*") {
                for (const auto &[key, member] : value.members())
                    go(member, child, {&place, key});
            } else if (const edge::Value *member = value.find(child.key)) {
                go(*member, child, {&place, child.key});
            }
        }
    }
};

} // namespace

bool countsForNothing(const QList<Finding> &faults)
{
    return std::any_of(faults.begin(), faults.end(),
                       [](const Finding &fault) { return fault.severity == Severity::Error; });
}

bool hasFieldRules(const edge::Value &object) { return rulesOf(object); }

QList<Finding> fieldFaults(const edge::Value &object)
{
    QList<Finding> found;
    const KindRules *rules = rulesOf(object);
    if (!rules)
        return found;
    const ObjectRef ref{text(object["kind"]), text(object.at({"metadata", "namespace"})),
                        text(object.at({"metadata", "name"}))};
    const QString refusal = rules->isIstios
        ? u"API server and istiod refuse the object, so it counts for nothing"_s
        : u"the API server refuses the object"_s;
    Judge{ref, refusal, found}.go(object, rules->root, {});
    if (found.isEmpty() && ref.kind == "PeerAuthentication"_L1
        && !object.at({"spec", "portLevelMtls"}).members().empty()
        && object.at({"spec", "selector", "matchLabels"}).members().empty())
        found.append({u"MT-025"_s,
                      Severity::Warning,
                      ref,
                      u"spec.portLevelMtls"_s,
                      u"portLevelMtls needs a selector: without one the modes of ports have no effect"_s,
                      {},
                      u"select the workloads that the ports are of"_s});
    return found;
}

QList<Finding> meshConfigFaults(const QString &yaml, const ObjectRef &configMap)
{
    QList<Finding> found;
    const QString refusal = u"istiod does not take this configuration of the mesh"_s;
    const auto documents = edge::parseYaml(yaml.toStdString());
    if (!documents) {
        found.append({u"MT-025"_s,
                      Severity::Error,
                      configMap,
                      u"data.mesh"_s,
                      u"data.mesh is no YAML (%1): %2"_s.arg(text(documents.error().message), refusal),
                      {},
                      u"correct the text"_s});
        return found;
    }
    const Place object, data{&object, "data"}, mesh{&data, "mesh"};
    if (!documents->empty())
        Judge{configMap, refusal, found}.go(documents->front(), meshConfigRules(), mesh);
    return found;
}

} // namespace models
