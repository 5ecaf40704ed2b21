// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/completion_values.h"

#include "app/cli/arguments.h"
#include "app/cli/kind_names.h"
#include "app/demo/incidents.h"
#include "kube/discovery.h"
#include "models/analysis/finding_catalog.h"
#include "models/analysis/guide_checks.h"

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

constexpr int PatienceMs = 3000; // of a person who has pressed TAB

QStringList withPrefix(const QString &prefix, QStringList words)
{
    for (QString &word : words)
        word.prepend(prefix);
    return words;
}

// What the typed words say, as far as it matters here.
struct Typed
{
    QString current;    // what the value begins with
    QString prefix;     // of what is offered: "--context=" where that is part of the same word
    qsizetype done = 0; // of current, what the shell takes for words before
    QString option;     // whose value is being typed, by its longest name; "" none
    const Command *command = nullptr;
    QStringList positional; // after the command
    SessionOptions session;
};

const QCommandLineOption *optionNamed(const QList<QCommandLineOption> &all, const QString &word)
{
    const QString name = word.startsWith("--"_L1) ? word.sliced(2) : word.sliced(1);
    const auto found = std::find_if(all.cbegin(), all.cend(), [&name](const QCommandLineOption &each) {
        return each.names().contains(name) && !each.valueName().isEmpty();
    });
    return found == all.cend() ? nullptr : &*found;
}

class Reader
{
public:
    // bash takes `--context=arn:aws` apart at = and :, of which only the last piece is being typed.
    explicit Reader(const QStringList &pieces)
    {
        const auto isBreak = [](const QString &piece) { return piece == "="_L1 || piece == ":"_L1; };
        for (qsizetype i = 0; i < pieces.size(); ++i) {
            const bool isGlued = i > 0 && (isBreak(pieces[i]) || isBreak(pieces[i - 1]));
            if (isGlued)
                m_words.last().append(pieces[i]);
            else
                m_words.append(pieces[i]);
        }
        if (!pieces.isEmpty() && m_words.constLast() != pieces.constLast())
            m_typing = isBreak(pieces.constLast()) ? QString() : pieces.constLast();
    }

    Typed read()
    {
        if (m_words.isEmpty())
            return m_typed;
        QString last = m_words.takeLast();
        for (const QString &word : std::as_const(m_words))
            take(word);
        m_typed.current = last;
        if (!m_option.isEmpty()) {
            m_typed.option = m_option;
        } else if (const qsizetype equals = last.indexOf(u'='); last.startsWith(u'-') && equals > 0) {
            if (const QCommandLineOption *option = find(last.first(equals)))
                m_typed.option = option->names().constLast();
            m_typed.current = last.sliced(equals + 1);
            m_typed.prefix = m_typing ? QString() : last.first(equals + 1);
        }
        if (m_typing)
            m_typed.done = m_typed.current.size() - m_typing->size();
        return m_typed;
    }

private:
    const QCommandLineOption *find(const QString &word)
    {
        m_known =
            globalOptions() + (m_typed.command ? m_typed.command->options : QList<QCommandLineOption>());
        return optionNamed(m_known, word);
    }

    void take(const QString &word)
    {
        if (!m_option.isEmpty())
            return set(std::exchange(m_option, {}), word);
        if (word.startsWith(u'-') && word.size() > 1) {
            const QString name = word.section(u'=', 0, 0);
            const QCommandLineOption *option = find(name);
            if (option && word.contains(u'='))
                set(option->names().constLast(), word.section(u'=', 1));
            else if (option)
                m_option = option->names().constLast();
        } else if (!m_typed.command) {
            m_typed.command = findCommand(word);
        } else {
            m_typed.positional.append(word);
        }
    }

    void set(const QString &option, const QString &value)
    {
        SessionOptions &session = m_typed.session;
        if (option == "kubeconfig"_L1)
            session.kubeconfig = value;
        else if (option == "context"_L1)
            session.context = value;
        else if (option == "namespace"_L1)
            session.nameSpace = value;
        else if (option == "exec-policy"_L1 && value == "deny"_L1)
            session.execPolicy = SessionOptions::ExecPolicy::Deny;
    }

    Typed m_typed;
    QStringList m_words;
    QString m_option;
    QList<QCommandLineOption> m_known;
    std::optional<QString> m_typing; // where it is not the whole last word
};

class Offers
{
public:
    explicit Offers(Typed typed)
        : m_typed(std::move(typed))
        , m_session(patient(m_typed.session))
    {
    }

    QStringList all()
    {
        if (!m_typed.option.isEmpty())
            return withPrefix(m_typed.prefix, ofOption());
        return m_typed.command ? ofArgument(QLatin1String(m_typed.command->name)) : QStringList();
    }

private:
    static SessionOptions patient(SessionOptions options)
    {
        options.timeoutMs = PatienceMs;
        options.isTimeoutChosen = true;
        return options;
    }

    QStringList ofOption()
    {
        const QString &option = m_typed.option;
        if (option == "context"_L1)
            return contexts();
        if (option == "namespace"_L1)
            return names(u"namespaces"_s);
        if (option == "output"_L1)
            return QStringList{u"table"_s, u"json"_s, u"yaml"_s}
            + (m_typed.command ? m_typed.command->reports : QStringList());
        if (option == "incident"_L1)
            return incidents();
        if (option == "scope"_L1)
            return QStringList{u"mesh"_s} + names(u"namespaces"_s);
        static const QHash<QString, QStringList> fixed{
            {u"state"_s, {u"start"_s, u"guide-done"_s, u"empty"_s}},
            {u"generation"_s, {u"1.4"_s, u"1.5"_s, u"3.x"_s}},
            {u"kube-version"_s, {u"1.15"_s, u"1.21"_s, u"1.37"_s}},
            {u"exec-policy"_s, {u"allow"_s, u"ask"_s, u"deny"_s}},
            {u"compat"_s, {u"v1"_s, u"v2"_s, u"v3"_s, u"v4"_s}},
            {u"fail-on"_s, {u"error"_s, u"warning"_s}},
            {u"format"_s, {u"envoy"_s}},
            {u"validate"_s, {u"strict"_s, u"warn"_s, u"ignore"_s}},
            {u"via"_s, {u"edge"_s, u"proxy"_s}}};
        return fixed.value(option);
    }

    QStringList ofArgument(const QString &command)
    {
        const qsizetype place = m_typed.positional.size();
        if (command == "get"_L1)
            return place == 0 ? kindsOrNames({}) : names(m_typed.positional[0]);
        if (command == "edit"_L1 && place < 2)
            return place == 0 ? kindsOrNames({}) : names(m_typed.positional[0]);
        if (command == "logs"_L1 && place == 0)
            return kindsOrNames(u"pods"_s);
        if (command == "port-forward"_L1 && place == 0)
            return kindsOrNames(u"pods"_s)
                + (isNamed() ? QStringList() : withPrefix(u"svc/"_s, names(u"services"_s)));
        if (command == "explain-finding"_L1 && place == 0)
            return codes();
        if (command == "guide"_L1 && place == 1)
            return steps();
        return {};
    }

    bool isNamed() const { return m_typed.current.contains(u'/'); }

    // "dep" → deployments, "po,sv" → po,services, "svc/w" → svc/web; or, of a kind that need not be named, its objects.
    QStringList kindsOrNames(const QString &ownKind)
    {
        const QString kind = m_typed.current.section(u'/', 0, 0);
        if (isNamed())
            return withPrefix(kind + u'/', names(kind));
        if (!ownKind.isEmpty())
            return names(ownKind);
        const qsizetype comma = m_typed.current.lastIndexOf(u',');
        return withPrefix(m_typed.current.first(comma + 1), kinds());
    }

    QStringList contexts() const
    {
        QStringList all;
        if (const auto config = m_session.kubeconfig()) {
            for (const kube::ContextEntry &context : config->contexts())
                all.append(context.name);
        }
        return all;
    }

    QStringList kinds()
    {
        const auto client = m_session.client();
        const auto catalog = client ? (*client)->discovery().fetch(m_session.stop()).result()
                                    : kube::Result<kube::ApiCatalog>(tl::unexpected(client.error()));
        QStringList all;
        for (const kube::ApiResource &each : catalog ? catalog->resources : QList<kube::ApiResource>()) {
            if (!each.verbs.contains(u"list"_s))
                continue;
            const kube::ApiResource *first = catalog->find(each.type.plural);
            const bool isFirst = first && first->type.group == each.type.group;
            all.append(isFirst ? each.type.plural : QString(each.type.plural + u'.' + each.type.group));
        }
        return all;
    }

    QStringList names(const QString &kind)
    {
        QStringList all;
        const auto client = m_session.client();
        if (!client || kind.contains(u','))
            return all;
        const auto resource = resourceNamed(m_session, **client, kind);
        if (!resource)
            return all;
        const QString nameSpace = resource->type.namespaced ? m_session.nameSpaceOfOne(**client) : QString();
        const auto list = (*client)->list(resource->type, nameSpace, m_session.stop()).result();
        for (const kube::Object &each : list ? list->items : QList<kube::Object>())
            all.append(each.name);
        return all;
    }

    static QStringList incidents()
    {
        QStringList all{u"list"_s};
        for (const demo::IncidentInfo &each : demo::incidentTable())
            all.append(QLatin1String(each.name));
        return all;
    }

    static QStringList codes()
    {
        QStringList all;
        for (const models::FindingKind &each : models::findingKinds())
            all.append(each.code);
        return all;
    }

    static QStringList steps()
    {
        QStringList all;
        for (const models::GuideStep &each : models::guideSteps(models::Snapshot(), models::EdgeView()))
            all.append(each.id);
        return all;
    }

    Typed m_typed;
    Session m_session;
};

} // namespace

QStringList completionValues(const QStringList &words)
{
    const Typed typed = Reader(words).read();
    QStringList offered;
    for (const QString &each : Offers(typed).all()) {
        if (each.startsWith(typed.prefix + typed.current) && !offered.contains(each.sliced(typed.done)))
            offered.append(each.sliced(typed.done));
    }
    offered.sort();
    return offered;
}

} // namespace app::cli
