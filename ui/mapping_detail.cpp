// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mapping_detail.h"

#include "models/items/configured_rows.h"
#include "ui/candidate_text.h"
#include "ui/card.h"
#include "ui/finding_list.h"
#include "ui/finding_place.h"
#include "ui/link_list.h"
#include "ui/step_list.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/time_text.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QTabBar>

using namespace Qt::StringLiterals;

namespace ui {

using models::MappingRow;
using models::MappingVerdict;
using models::Severity;

namespace {

enum Part { Summary, Order, Upstream, Yaml };

QString originationText(const MappingVerdict &verdict)
{
    if (verdict.upstreamHost.isEmpty())
        return verdict.hops.isEmpty() ? MappingDetail::tr("not known")
                                      : MappingDetail::tr("none, it redirects");
    if (!verdict.tlsContext.isEmpty())
        return verdict.tlsContext;
    return verdict.originatesTls ? MappingDetail::tr("none, TLS without a certificate")
                                 : MappingDetail::tr("none, plain HTTP");
}

Fact resourceFact(const MappingRow &row)
{
    const QDateTime changed = row.changedAt > 0 ? QDateTime::fromSecsSinceEpoch(row.changedAt, Qt::UTC)
        : row.generation == 1                   ? row.created
                                                : QDateTime();
    QStringList parts;
    if (row.generation > 0)
        parts.append(MappingDetail::tr("generation %1").arg(row.generation));
    if (changed.isValid())
        parts.append(MappingDetail::tr("changed %1").arg(agoText(changed, QDateTime::currentDateTimeUtc())));
    return {MappingDetail::tr("Resource"), parts.join(u", "_s), exactText(changed)};
}

QString readText(const models::EdgeSight::Source &source)
{
    return MappingDetail::tr("read %1").arg(agoText(source.readAt, QDateTime::currentDateTimeUtc()));
}

// "" there is something to say
QString unreadText(const models::EdgeSight::Source &source)
{
    if (source.read > 0)
        return {};
    return source.error.isEmpty() ? MappingDetail::tr("not read yet")
                                  : MappingDetail::tr("not read: %1").arg(source.error);
}

QString unseenText(const models::EdgeSight::Source &source)
{
    return MappingDetail::tr("%1, before it was changed").arg(readText(source));
}

Fact ambassadorFact(const QString &name, const MappingRow &row, const models::EdgeSight &sight)
{
    using Has = models::MappingSight::Has;
    if (const QString unread = unreadText(sight.ambassador); !unread.isEmpty())
        return {name, unread};
    if (row.isUnseen && row.sight.ambassador != Has::All && row.sight.complaint.isEmpty())
        return {name, unseenText(sight.ambassador), exactText(sight.ambassador.readAt)};
    const QString what = !row.sight.complaint.isEmpty()
        ? MappingDetail::tr("complains: %1").arg(row.sight.complaint)
        : row.sight.ambassador == Has::All    ? MappingDetail::tr("has it")
        : row.sight.ambassador == Has::Partly ? MappingDetail::tr("not every pod has it")
                                              : MappingDetail::tr("has made no route of it");
    return {name, u"%1, %2"_s.arg(what, readText(sight.ambassador)),
            u"%1, %2"_s.arg(what, exactText(sight.ambassador.readAt))};
}

Fact envoyFact(const MappingRow &row, const models::EdgeSight &sight)
{
    using Has = models::MappingSight::Has;
    const QString name = MappingDetail::tr("Envoy");
    if (const QString unread = unreadText(sight.envoy); !unread.isEmpty())
        return {name, unread};
    if (row.isUnseen)
        return {name, unseenText(sight.envoy), exactText(sight.envoy.readAt)};
    if (row.sight.envoy == Has::NotRead)
        return {name, MappingDetail::tr("no route of it is expected")};
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QStringList parts{row.sight.envoy == Has::All          ? MappingDetail::tr("route loaded")
                          : row.sight.envoy == Has::Partly ? MappingDetail::tr("not every pod has its route")
                                                           : MappingDetail::tr("has no such route")};
    QStringList exact = parts;
    if (sight.envoyUpdatedAt.isValid()) {
        parts.append(MappingDetail::tr("updated %1").arg(agoText(sight.envoyUpdatedAt, now)));
        exact.append(MappingDetail::tr("updated %1").arg(exactText(sight.envoyUpdatedAt)));
    } else {
        parts.append(readText(sight.envoy));
    }
    exact.append(MappingDetail::tr("read %1").arg(exactText(sight.envoy.readAt)));
    return {name, parts.join(u", "_s), exact.join(u", "_s)};
}

void addSight(QList<Fact> &facts, const QString &edgeName, const MappingRow &row,
              const models::EdgeSight &sight)
{
    using State = MappingVerdict::State;
    if (!row.verdict || row.verdict->state == State::NotForThisEdge || row.verdict->state == State::Replaced)
        return; // what the edge has by that name is another one
    facts.append(ambassadorFact(edgeName, row, sight));
    facts.append(envoyFact(row, sight));
    if (!sight.refused.isEmpty())
        facts.append({MappingDetail::tr("Envoy refuses"),
                      MappingDetail::tr("the newest configuration: %1").arg(sight.refused),
                      MappingDetail::tr("%1, %2").arg(sight.refused, exactText(sight.refusedAt))});
}

} // namespace

QList<Fact> MappingDetail::summaryOf(const MappingRow &row) const
{
    QList<Fact> facts;
    const MappingVerdict *verdict = row.verdict.get();
    if (verdict && !verdict->stateReason.isEmpty())
        facts.append({MappingDetail::tr("State"), verdict->stateReason});
    if (row.sightState == models::SightState::Unreadable)
        facts.append({MappingDetail::tr("Known from"), MappingDetail::tr("its objects alone (config only)")});
    facts.append(resourceFact(row));
    addSight(facts, m_edgeName, row, m_sight);
    if (verdict && verdict->order > 0)
        facts.append({MappingDetail::tr("Match order"),
                      MappingDetail::tr("%1 of %2 on this host").arg(verdict->order).arg(verdict->ofRoutes)});
    facts.append({MappingDetail::tr("Host"), row.host.isEmpty() ? u"*"_s : row.host});
    facts.append({MappingDetail::tr("Prefix"), row.prefix});
    facts.append({MappingDetail::tr("Conditions"), row.conditions});
    facts.append({MappingDetail::tr("Service"), row.service});
    if (row.weight)
        facts.append({MappingDetail::tr("Weight"), MappingDetail::tr("%1 %").arg(*row.weight)});
    if (row.precedence != 0)
        facts.append({MappingDetail::tr("Precedence"), QString::number(row.precedence)});
    if (verdict)
        facts.append({MappingDetail::tr("TLS to service"), originationText(*verdict)});
    if (row.requestsPerSecond >= 0)
        facts.append({MappingDetail::tr("Requests"),
                      MappingDetail::tr("%1 a second").arg(rateText(row.requestsPerSecond))});
    else
        facts.append({MappingDetail::tr("Requests"),
                      row.history.isEmpty() ? MappingDetail::tr("not counted alone")
                                            : MappingDetail::tr("none counted lately"),
                      models::trafficNote(row)});
    facts.append({MappingDetail::tr("Created"), agoText(row.created, QDateTime::currentDateTimeUtc()),
                  exactText(row.created)});
    return facts;
}

namespace {

QList<Fact> upstreamOf(const MappingRow &row)
{
    const MappingVerdict *verdict = row.verdict.get();
    if (!verdict)
        return {{MappingDetail::tr("Upstream"), MappingDetail::tr("not analysed yet")}};
    QList<Fact> facts;
    if (!verdict->upstreamHost.isEmpty())
        facts.append(
            {MappingDetail::tr("Dialled"), u"%1:%2"_s.arg(verdict->upstreamHost).arg(verdict->upstreamPort)});
    facts.append({MappingDetail::tr("Endpoints ready"),
                  MappingDetail::tr("%1 of %2").arg(verdict->endpointsReady).arg(verdict->endpoints)});
    if (verdict->endpoints > 0)
        facts.append({MappingDetail::tr("Sidecars"),
                      MappingDetail::tr("%1 of %2").arg(verdict->sidecars).arg(verdict->endpoints)});
    facts.append({MappingDetail::tr("mTLS mode"),
                  verdict->targetMode.isEmpty() ? MappingDetail::tr("not known") : verdict->targetMode});
    facts.append({MappingDetail::tr("TLSContext"), originationText(*verdict)});
    facts.append({MappingDetail::tr("Certificate"),
                  verdict->certificate.isEmpty() ? MappingDetail::tr("none") : verdict->certificate});
    return facts;
}

QString hopName(models::Hop::Security security)
{
    switch (security) {
    case models::Hop::Security::Plain: return MappingDetail::tr("plain");
    case models::Hop::Security::Tls: return MappingDetail::tr("TLS");
    case models::Hop::Security::TlsOrPlain: return MappingDetail::tr("TLS or plain");
    case models::Hop::Security::MutualTls: return MappingDetail::tr("mutual TLS");
    case models::Hop::Security::Broken: return MappingDetail::tr("broken");
    case models::Hop::Security::Unknown: break;
    }
    return MappingDetail::tr("not known");
}

} // namespace

MappingDetail::MappingDetail(QWidget *parent)
    : DetailPane(tr("Details of the Mapping"), parent)
    , m_parts(new QTabBar(this))
{
    setObjectName(u"mappingDetail"_s);
    m_parts->setObjectName(u"mappingParts"_s);
    m_parts->setAccessibleName(tr("Parts of the details"));
    m_parts->setDrawBase(false);
    m_parts->setProperty("narrow", true);
    m_parts->setExpanding(false);
    m_parts->setUsesScrollButtons(true);
    for (const QString &part : {tr("Summary"), tr("Order"), tr("Upstream"), tr("YAML")})
        m_parts->addTab(part);
    m_parts->setTabData(Yaml, u"yaml"_s);
    addParts(m_parts);
    buildSummary();
    buildRest();
    setNothing(tr("Choose a Mapping to see why it serves what it serves."));
    connect(m_parts, &QTabBar::currentChanged, this, &MappingDetail::showPart);
}

void MappingDetail::buildSummary()
{
    m_facts = addFacts();
    m_findingsHead = addSection(tr("Findings"));
    m_findings = new FindingList(this);
    addWidget(m_findings);
    m_whyHead = addSection(tr("Why this route"));
    m_why = new TextView(tr("Why this route"), this);
    m_why->setObjectName(u"mappingWhy"_s);
    m_why->setFitsContents(16);
    m_why->setWraps();
    addWidget(m_why);
    m_test = makePrimaryButton(tr("Test a request"), u"mappingTest"_s, this);
    m_edit = makeButton(tr("Edit…"), u"mappingEdit"_s, this);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_test);
    buttons->addWidget(m_edit);
    buttons->addStretch();
    addLayout(buttons);
    m_usesHead = addSection(tr("Uses"));
    m_uses = new LinkList(this);
    m_uses->setObjectName(u"mappingUses"_s);
    addWidget(m_uses);
    m_usedByHead = addSection(tr("Used by"));
    m_usedBy = new LinkList(this);
    m_usedBy->setObjectName(u"mappingUsedBy"_s);
    addWidget(m_usedBy);
    connect(m_test, &QPushButton::clicked, this, &MappingDetail::testRequested);
    connect(m_edit, &QPushButton::clicked, this, &MappingDetail::editRequested);
    connect(m_findings, &FindingList::fixRequested, this, &MappingDetail::fixRequested);
    for (LinkList *list : {m_uses, m_usedBy})
        connect(list, &LinkList::followed, this, &MappingDetail::followed);
}

void MappingDetail::buildRest()
{
    m_orderHead = addText();
    m_orderHead->setObjectName(u"mappingOrderHead"_s);
    m_order = new TextView(tr("Match order, and why each route lost"), this);
    m_order->setObjectName(u"mappingOrder"_s);
    m_order->setFitsContents(40);
    m_order->setWraps();
    addWidget(m_order);
    m_upstream = addFacts();
    m_hopsHead = addSection(tr("Hop by hop"));
    m_hops = new StepList(true, this);
    addWidget(m_hops);
    m_yaml = new TextView(tr("YAML of the Mapping"), this);
    m_yaml->setObjectName(u"mappingYaml"_s);
    m_yaml->setFitsContents(60);
    addWidget(m_yaml);
    m_copy = makeButton(tr("Copy"), u"mappingYamlCopy"_s, this);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_copy);
    buttons->addStretch();
    addLayout(buttons);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_yaml->toPlainText()); });
}

void MappingDetail::show(const MappingRow *row)
{
    if (!row) {
        m_key.clear();
        setNothing(tr("Choose a Mapping to see why it serves what it serves."));
        return;
    }
    const bool isOther = std::exchange(m_key, row->key) != row->key;
    const MappingVerdict *verdict = row->verdict.get();
    m_mapping = models::verdictKey(*row);
    const QString source = models::sourceOf(*row);
    setHeading(row->name,
               tr("Mapping in %1, %2").arg(row->nameSpace, row->apiVersion)
                   + (source.isEmpty() ? QString() : u", "_s + source),
               models::stateText(*row), models::stateSeverity(*row));
    m_facts->setFacts(summaryOf(*row));
    m_upstream->setFacts(upstreamOf(*row));
    showFindings(*row);
    showHops(verdict ? verdict->hops : QList<models::Hop>());
    const QString why = verdict ? verdict->why.join(u'\n') : QString();
    if (m_why->toPlainText() != why)
        m_why->setPlainText(why);
    showLinks(*row);
    m_hasWhy = !why.isEmpty();
    if (isOther) {
        m_orderKey.clear();
        m_yamlKey.clear();
        m_order->setPlainText(tr("Asking the route table …"));
        m_yaml->setPlainText(tr("Reading …"));
    }
    showPart();
}

void MappingDetail::refreshAges(const MappingRow &row)
{
    if (row.key == m_key)
        m_facts->setFacts(summaryOf(row));
}

void MappingDetail::showFindings(const MappingRow &row)
{
    QList<FindingList::Entry> entries;
    for (const models::Finding &finding : row.verdict ? row.verdict->findings : QList<models::Finding>()) {
        const auto [key, whyNot] = m_fixOf ? m_fixOf(finding) : std::pair<QString, QString>();
        entries.append({finding, key, whyNot});
    }
    m_findings->setEntries(entries);
}

// What it needs, and who leads to it: the Host, and those that share its route.
void MappingDetail::showLinks(const MappingRow &row)
{
    QList<LinkList::Link> uses, usedBy;
    for (const QString &each : row.verdict ? row.verdict->uses : QStringList()) {
        FindingPlace place = placeOfObject(each);
        if (each.startsWith(u"TLSContext "_s) && !row.verdict->certificate.isEmpty())
            place = {u"certificates"_s, row.verdict->certificate};
        (each.startsWith(u"Host "_s) ? usedBy : uses).append({each, place.page, place.target});
    }
    for (const QString &mapping : std::as_const(m_partners))
        usedBy.append({tr("Mapping %1, on the same route").arg(mapping), u"routing"_s, mapping});
    m_uses->setLinks(uses);
    m_usedBy->setLinks(usedBy);
}

void MappingDetail::setWhyNoEdit(const QString &why)
{
    m_edit->setEnabled(why.isEmpty());
    m_edit->setToolTip(why.isEmpty() ? tr("Change its YAML, with a diff and the server's dry run first.")
                                     : why);
}

// What secures each part of the way, and which object says so.
void MappingDetail::showHops(const QList<models::Hop> &hops)
{
    QList<models::PredictionStep> steps;
    QList<QStringList> notes;
    for (const models::Hop &hop : hops) {
        steps.append({hopName(hop.security), u"%1 → %2"_s.arg(hop.from, hop.to), {}, hop.severity});
        notes.append(hop.because.isEmpty() ? QStringList() : QStringList{hop.because});
    }
    m_hops->setSteps(steps, notes);
    m_hasHops = !hops.isEmpty();
}

void MappingDetail::setVisibleIn(int part, QWidget *widget, bool hasText)
{
    widget->setVisible(m_parts->currentIndex() == part && hasText);
}

void MappingDetail::showPart()
{
    for (QWidget *widget :
         {static_cast<QWidget *>(m_facts), static_cast<QWidget *>(m_test), static_cast<QWidget *>(m_edit)})
        setVisibleIn(Summary, widget, true);
    const bool hasFindings = !m_findings->entries().isEmpty();
    setVisibleIn(Summary, m_findingsHead, hasFindings);
    setVisibleIn(Summary, m_findings, hasFindings);
    setVisibleIn(Summary, m_whyHead, m_hasWhy);
    setVisibleIn(Summary, m_why, m_hasWhy);
    for (QWidget *each : {static_cast<QWidget *>(m_usesHead), static_cast<QWidget *>(m_uses)})
        setVisibleIn(Summary, each, !m_uses->links().isEmpty());
    for (QWidget *each : {static_cast<QWidget *>(m_usedByHead), static_cast<QWidget *>(m_usedBy)})
        setVisibleIn(Summary, each, !m_usedBy->links().isEmpty());
    setVisibleIn(Order, m_orderHead, !m_orderHead->text().isEmpty());
    setVisibleIn(Order, m_order, true);
    setVisibleIn(Upstream, m_upstream, true);
    setVisibleIn(Upstream, m_hopsHead, m_hasHops);
    setVisibleIn(Upstream, m_hops, m_hasHops);
    setVisibleIn(Yaml, m_yaml, true);
    setVisibleIn(Yaml, m_copy, true);
    if (m_key.isEmpty())
        return;
    if (m_parts->currentIndex() == Order && std::exchange(m_orderKey, m_key) != m_key)
        Q_EMIT orderWanted(m_key);
    if (m_parts->currentIndex() == Yaml && std::exchange(m_yamlKey, m_key) != m_key)
        Q_EMIT yamlWanted(m_key);
}

void MappingDetail::setOrder(const QString &key, const QUrl &asked, const models::Prediction &prediction)
{
    if (key != m_key)
        return;
    const QString request = requestedText(asked);
    m_orderHead->setText(prediction.mapping == m_mapping
                             ? tr("A request for %1 meets these routes in this order, by rules %2:")
                                   .arg(request, prediction.compat)
                             : tr("A request for %1 would not reach it, by rules %2: %3")
                                   .arg(request, prediction.compat, withoutAnyHost(prediction.reason)));
    m_order->setPlainText(matchOrderText(prediction.candidates, m_mapping));
    showPart();
    showOwnLine();
}

// Among many it does not stand at the beginning.
void MappingDetail::showOwnLine()
{
    const auto at = m_order->toPlainText().indexOf(u'▸');
    if (at < 0)
        return;
    QTextCursor cursor(m_order->document());
    cursor.setPosition(int(at));
    m_order->setTextCursor(cursor);
    m_order->centerCursor();
}

void MappingDetail::setYaml(const QString &key, const QString &yaml)
{
    if (key == m_key)
        m_yaml->setPlainText(yaml);
}

} // namespace ui
