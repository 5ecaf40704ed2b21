// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview_page.h"

#include "models/analysis/edge_view.h"
#include "models/items/rows.h"
#include "ui/card.h"
#include "ui/fact_list.h"
#include "ui/finding_groups.h"
#include "ui/finding_place.h"
#include "ui/line_delegate.h"
#include "ui/text_label.h"
#include "ui/time_text.h"
#include "ui/traffic_card.h"

#include <QHBoxLayout>
#include <QListView>
#include <QPushButton>
#include <QScrollBar>
#include <QStandardItemModel>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

using models::Severity;

namespace {

// A number of what was read; in its place that it is not known, and why, where it was not.
Fact known(const models::Snapshot &snapshot, const QString &plural, const QString &name, const QString &value,
           const QString &toolTip = {}, const QString &link = {})
{
    const QString why = snapshot.whyUnknown(plural);
    if (const QString only = snapshot.onlyIn.value(plural); !only.isEmpty())
        return {name, OverviewPage::tr("%1 in %2").arg(value, only), why, link};
    if (snapshot.kindsRead.contains(plural))
        return {name, value, why.isEmpty() ? toolTip : why, link};
    return {name,
            snapshot.isAbsent(plural) ? OverviewPage::tr("not installed") : OverviewPage::tr("not known"),
            why};
}

// Of what is asked of the whole cluster: read in one namespace, it is not known.
Fact knownOfAll(const models::Snapshot &snapshot, const QString &plural, const QString &name,
                const QString &value, const QString &toolTip = {}, const QString &link = {})
{
    return snapshot.onlyIn.contains(plural)
        ? Fact{name, OverviewPage::tr("not known"), snapshot.whyUnknown(plural)}
        : known(snapshot, plural, name, value, toolTip, link);
}

// What followed() of a fact says: the page, and what it is asked to go to.
QString linkTo(const QString &page, const QString &target = {}) { return page + u'\n' + target; }

QList<Fact> edgeFacts(const OverviewFacts &facts)
{
    const models::Snapshot &snapshot = *facts.snapshot;
    if (!facts.view)
        return {
            knownOfAll(snapshot, u"deployments"_s, OverviewPage::tr("Edge"), OverviewPage::tr("none found")),
            knownOfAll(snapshot, u"mappings"_s, OverviewPage::tr("Mappings"),
                       OverviewPage::tr("no edge reads them"))};
    const models::EdgeInstallation &edge = facts.view->installation;
    const auto &mappings = facts.view->mappings;
    using State = models::MappingVerdict::State;
    int loaded = 0, faulty = 0, rejected = 0;
    for (const auto &verdict : mappings) {
        const bool isFaulty = models::isFaulty(*verdict);
        loaded += verdict->state == State::Loaded && !isFaulty;
        faulty += verdict->state == State::Loaded && isFaulty;
        rejected += verdict->state == State::Rejected;
    }
    const int other = int(mappings.size()) - loaded - faulty - rejected;
    const auto filtered = [](const QString &filter) { return linkTo(u"routing"_s, filter); };
    return {
        {OverviewPage::tr("Name"), edge.key()},
        {OverviewPage::tr("Version"), edge.version},
        {OverviewPage::tr("Rules"), facts.rules.image.isEmpty() ? QString() : rulesText(facts.rules)},
        known(snapshot, u"pods"_s, OverviewPage::tr("Pods ready"),
              u"%1 of %2"_s.arg(edge.readyPods).arg(edge.pods)),
        known(snapshot, u"mappings"_s, OverviewPage::tr("Mappings loaded"),
              u"%1 of %2"_s.arg(loaded).arg(mappings.size()),
              OverviewPage::tr("As their objects say; what the edge's pods have stands on the page Routing"),
              filtered(u"-status:/faulty|rejected|shadowed|unreachable|edge|replaced|^unknown$/"_s)),
        known(snapshot, u"mappings"_s, OverviewPage::tr("Faulty"), QString::number(faulty),
              OverviewPage::tr("Loaded, and wrong in themselves or without an answer"),
              filtered(u"status:faulty"_s)),
        known(snapshot, u"mappings"_s, OverviewPage::tr("Rejected"), QString::number(rejected), {},
              filtered(u"status:rejected"_s)),
        known(snapshot, u"mappings"_s, OverviewPage::tr("Not serving"), QString::number(other), {},
              filtered(u"status:/shadowed|unreachable|edge|^unknown$/"_s))};
}

// The control plane, told by its container; of several revisions the first.
QList<Fact> controlPlaneFacts(const models::Snapshot &snapshot)
{
    const QString deployments = u"deployments"_s;
    for (const models::Deployment &deployment : snapshot.deployments) {
        if (const models::Deployment::Container *container = deployment.container(u"discovery")) {
            const QString version = models::imageTag(container->image);
            return {
                knownOfAll(snapshot, deployments, OverviewPage::tr("Istio"),
                           version.isEmpty() ? OverviewPage::tr("not known") : version, container->image),
                known(snapshot, deployments, OverviewPage::tr("istiod ready"),
                      OverviewPage::tr("%1 of %2").arg(deployment.readyReplicas).arg(deployment.replicas))};
        }
    }
    return {knownOfAll(snapshot, deployments, OverviewPage::tr("Istio"), OverviewPage::tr("none found"))};
}

QList<Fact> meshFacts(const OverviewFacts &facts)
{
    const models::Snapshot &snapshot = *facts.snapshot;
    int strict = 0;
    int inMesh = 0;
    for (const models::WorkloadPosture &posture : facts.postures) {
        inMesh += posture.mode.enforced;
        strict += posture.mode.enforced && posture.mode.mode == models::MtlsMode::Strict;
    }
    int injected = 0;
    for (const models::Namespace &nameSpace : snapshot.namespaces)
        injected += nameSpace.injected();
    const QString pods = u"pods"_s;
    const QString policies = snapshot.modesPlural();
    const QString needed = snapshot.kindsRead.contains(pods) ? policies : pods;
    return controlPlaneFacts(snapshot)
        + QList<Fact>{knownOfAll(snapshot, policies, OverviewPage::tr("Mode of the mesh"),
                                 models::mtlsModeName(facts.meshMode.mode), facts.meshMode.reason,
                                 linkTo(u"mesh"_s)),
                      known(snapshot, pods, OverviewPage::tr("Ports in the mesh"),
                            u"%1 of %2"_s.arg(inMesh).arg(facts.postures.size()), {}, linkTo(u"mesh"_s)),
                      known(snapshot, needed, OverviewPage::tr("Ports STRICT"), QString::number(strict), {},
                            linkTo(u"mesh"_s, u"mode:STRICT"_s)),
                      known(snapshot, u"namespaces"_s, OverviewPage::tr("Namespaces injected"),
                            u"%1 of %2"_s.arg(injected).arg(snapshot.namespaces.size()))};
}

// Without the Secrets, those that proxies tell of are still known: none of them expired is not none at all.
QString countedText(int count, const models::Snapshot &snapshot)
{
    const QString only = snapshot.onlyIn.value(u"secrets"_s);
    return snapshot.knows(u"secrets"_s) ? QString::number(count)
        : count > 0                     ? OverviewPage::tr("at least %1").arg(count)
        : only.isEmpty()                ? OverviewPage::tr("not known")
                                        : OverviewPage::tr("not known (only in %1)").arg(only);
}

QList<Fact> certificateFacts(const OverviewFacts &facts)
{
    int ended = 0;
    int errors = 0;
    int warnings = 0;
    const models::CertificateRow *next = nullptr;
    for (const models::CertificateRow &row : facts.certificates) {
        const Severity severity = models::countdownSeverity(row, facts.now);
        const bool over = row.notAfter.isValid() && row.notAfter < facts.now;
        ended += over;
        errors += severity == Severity::Error && !over;
        warnings += severity == Severity::Warning;
        if (models::endsNext(row, next, facts.now))
            next = &row;
    }
    const bool all = facts.snapshot->knows(u"secrets"_s);
    const QString why = facts.snapshot->whyUnknown(u"secrets"_s);
    const QString left = next ? models::countdownText(next->notAfter, facts.now) : QString();
    const auto filtered = [](const QString &filter) { return linkTo(u"certificates"_s, filter); };
    return {
        {OverviewPage::tr("Expired"), countedText(ended, *facts.snapshot), why, filtered(u"ends:expired"_s)},
        // without those whose renewal is in time
        {OverviewPage::tr("End within 7 days"), countedText(errors, *facts.snapshot), why,
         filtered(u"ends:error -ends:expired"_s)},
        {OverviewPage::tr("End within 30 days"), countedText(warnings, *facts.snapshot), why,
         filtered(u"ends:warning"_s)},
        {next ? OverviewPage::tr("Next: %1").arg(next->subject) : OverviewPage::tr("Next end"),
         next && all ? left
             : next  ? OverviewPage::tr("%1 or sooner").arg(left)
             : all   ? OverviewPage::tr("none")
                     : OverviewPage::tr("not known"),
         next ? next->subject : why, next ? filtered(next->key) : QString()},
        {OverviewPage::tr("Certificates"), countedText(int(facts.certificates.size()), *facts.snapshot), why,
         linkTo(u"certificates"_s)}};
}

// What the checks could not look at.
QString unreadText(const QStringList &unread, const QHash<QString, QString> &onlyIn)
{
    QStringList sentences{OverviewPage::tr("No problem in what could be read.")};
    if (!unread.isEmpty())
        sentences.append(OverviewPage::tr("Not read, so not known: %1.").arg(unread.join(u", "_s)));
    QMap<QString, QStringList> narrowed; // by namespace
    for (auto each = onlyIn.cbegin(); each != onlyIn.cend(); ++each)
        narrowed[each.value()].append(each.key());
    for (auto each = narrowed.begin(); each != narrowed.end(); ++each) {
        each->sort();
        sentences.append(OverviewPage::tr("Read in namespace %1 only, so not known of the others: %2.")
                             .arg(each.key(), each->join(u", "_s)));
    }
    return sentences.join(u' ');
}

QStringList unreadKinds(const models::Snapshot &snapshot)
{
    QStringList kinds;
    for (auto each = snapshot.unavailable.cbegin(); each != snapshot.unavailable.cend(); ++each) {
        if (!snapshot.isAbsent(each.key()))
            kinds.append(each.key());
    }
    for (const QString &needed : {u"pods"_s, u"services"_s, u"deployments"_s}) {
        if (!snapshot.kindsRead.contains(needed) && !kinds.contains(needed))
            kinds.append(needed);
    }
    kinds.sort();
    return kinds;
}

// A card without a list is as high as its words.
void showList(QListView &list, QLabel &nothing, bool shown)
{
    list.setVisible(shown);
    nothing.setVisible(!shown);
    QWidget &card = *list.parentWidget();
    card.setSizePolicy(QSizePolicy::Preferred, shown ? QSizePolicy::Expanding : QSizePolicy::Maximum);
}

} // namespace

// Where there is no place for all, those parts give way first whose words stand on other pages: what needs attention never.
class OverviewPage::Content : public QWidget
{
public:
    explicit Content(const OverviewPage &page)
        : m_page(page)
    {
    }
    // cards: as high as they are; spare: the most important ones first.
    void setParts(const QLayout *cards, const QList<QWidget *> &spare)
    {
        m_cards = cards;
        m_spare = spare;
    }
    void arrange()
    {
        const int gap = layout()->spacing();
        const QMargins margins = layout()->contentsMargins();
        int left = height() - margins.top() - margins.bottom() - m_page.attentionHeight() - gap
            - m_cards->minimumSize().height();
        for (QWidget *part : std::as_const(m_spare)) {
            const int need = gap + std::max(part->minimumHeight(), part->minimumSizeHint().height());
            part->setVisible(left >= need);
            left -= need; // one that has no place leaves none to those that matter less
        }
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QWidget::resizeEvent(event);
        arrange();
    }

private:
    const OverviewPage &m_page;
    const QLayout *m_cards = nullptr;
    QList<QWidget *> m_spare;
};

OverviewPage::OverviewPage(QWidget *parent)
    : PageFrame(u"overview"_s, tr("Overview"), parent)
    , m_findings(new QStandardItemModel(this))
    , m_changes(new QStandardItemModel(this))
{
    setContent(buildContent());
}

QWidget *OverviewPage::buildContent()
{
    auto *content = new Content(*this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(scaled(Measure::PageMargin), scaled(4), scaled(Measure::PageMargin),
                               scaled(Measure::CardPadding));
    column->setSpacing(scaled(Measure::WideGap));
    auto *cards = new QHBoxLayout;
    cards->setSpacing(scaled(Measure::WideGap));
    const auto addCard = [&](const QString &title, const QString &pageId, const QString &open) {
        auto *card = new Card(content);
        auto *button = makeButton(open, pageId + "Open"_L1, card);
        auto *head = new QHBoxLayout;
        head->addWidget(new TextLabel(Type::Section, title, card));
        head->addStretch();
        head->addWidget(button);
        auto *facts = new FactList(card);
        facts->setObjectName(pageId + "Card"_L1);
        facts->setSizePolicy(QSizePolicy::Preferred,
                             QSizePolicy::Fixed); // lines keep their pitch, and are never cut
        connect(facts, &FactList::followed, this, [this](const QString &link) {
            Q_EMIT pageRequested(link.section(u'\n', 0, 0), link.section(u'\n', 1));
        });
        card->body()->addLayout(head);
        card->body()->addWidget(facts);
        card->body()->addStretch();
        cards->addWidget(card, 1);
        connect(button, &QPushButton::clicked, this,
                [this, pageId] { Q_EMIT pageRequested(pageId, QString()); });
        return facts;
    };
    m_edge = addCard(tr("Edge"), u"routing"_s, tr("Routing"));
    m_mesh = addCard(tr("Mesh"), u"mesh"_s, tr("Mesh security"));
    m_certificates = addCard(tr("Certificates"), u"certificates"_s, tr("Certificates"));
    m_traffic = new TrafficCard(content);
    connect(m_traffic, &TrafficCard::metricsRequested, this,
            [this] { Q_EMIT pageRequested(u"metrics"_s, QString()); });
    auto *attention = new Card(content);
    m_attention = new TextLabel(Type::Section, tr("Needs attention"), attention);
    m_nothing = new TextLabel(Type::Dim, tr("Nothing: no check has found a problem."), attention);
    m_findingList = makeLineList(u"overviewFindings"_s, tr("Findings"), m_findings, attention);
    m_attention->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed); // the head stays at the top
    m_nothing->setObjectName(u"overviewNothing"_s);
    m_nothing->setWordWrap(true);
    QSizePolicy asHighAsItsWords(QSizePolicy::Preferred, QSizePolicy::Fixed);
    asHighAsItsWords.setHeightForWidth(true);
    m_nothing->setSizePolicy(asHighAsItsWords);
    attention->body()->addWidget(m_attention);
    attention->body()->addWidget(m_nothing);
    attention->body()->addWidget(m_findingList, 1);
    attention->body()->addStretch();
    column->addWidget(attention, 3); // first: it is what one came for
    column->addLayout(cards);
    column->addWidget(m_traffic);
    auto *recent = new Card(content);
    m_noChanges = new TextLabel(Type::Dim, tr("Nothing was changed yet."), recent);
    m_changeList = makeLineList(u"overviewChanges"_s, tr("Recent changes"), m_changes, recent);
    auto *recentHead = new TextLabel(Type::Section, tr("Recent changes"), recent);
    recentHead->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_noChanges->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    recent->body()->addWidget(recentHead);
    recent->body()->addWidget(m_noChanges);
    recent->body()->addWidget(m_changeList, 1);
    recent->body()->addStretch();
    recent->setMinimumHeight(scaled(92)); // its head and a line
    column->addWidget(recent, 1);
    column->addStretch(); // what lies below two cards without anything is empty
    content->setParts(cards, {m_traffic, recent});
    m_content = content;
    m_changeList->hide();
    connect(m_findingList, &QListView::activated, this, &OverviewPage::openFinding); // Enter
    connect(m_findingList, &QListView::clicked, this, &OverviewPage::openFinding);
    connect(m_changeList, &QListView::activated, this, [this](const QModelIndex &index) {
        Q_EMIT pageRequested(u"activity"_s, index.data(LineDelegate::TargetRole).toString());
    });
    return content;
}

void OverviewPage::setAnalysis(const OverviewFacts &facts)
{
    m_has = facts.snapshot != nullptr;
    if (m_has) {
        m_takenAt = facts.snapshot->takenAt;
        refreshAges();
        showCards(facts);
        showFindings(facts.findings);
    }
    updateState();
}

void OverviewPage::setTraffic(const TrafficSummary &summary) { m_traffic->show(summary); }

void OverviewPage::forget()
{
    m_has = false;
    m_traffic->forget();
    m_takenAt = {};
    m_findings->clear();
    Q_EMIT badgeChanged({}, std::nullopt);
    PageFrame::forget();
}

void OverviewPage::showCards(const OverviewFacts &facts)
{
    m_edge->setFacts(edgeFacts(facts));
    m_mesh->setFacts(meshFacts(facts));
    m_certificates->setFacts(certificateFacts(facts));
    const QStringList unread = unreadKinds(*facts.snapshot);
    m_nothing->setText(unread.isEmpty() && facts.snapshot->onlyIn.isEmpty()
                           ? tr("Nothing: no check has found a problem.")
                           : unreadText(unread, facts.snapshot->onlyIn));
}

namespace {

QStandardItem *lineOf(const FindingGroup &group)
{
    const models::Finding &finding = group.first;
    const bool isOne = group.objects.size() == 1;
    auto *item = new QStandardItem(u"%1   %2"_s.arg(finding.code, finding.message));
    item->setData(int(finding.severity), LineDelegate::SeverityRole);
    item->setData(QString(namesOf(group) + u"  ▸"_s), LineDelegate::SideRole); // leads on
    const auto [page, key] = placeOf(finding);
    item->setData(isOne ? key : u"code:"_s + finding.code, LineDelegate::TargetRole);
    item->setData(isOne ? page : QString(), LineDelegate::PageRole); // "": the dock has all of them
    item->setData(
        OverviewPage::tr("%1: %2, %3").arg(severityName(finding.severity), finding.message, namesOf(group)),
        Qt::AccessibleTextRole);
    QStringList objects;
    for (const models::ObjectRef &object : group.objects.mid(0, 20))
        objects.append(object.text());
    item->setToolTip(QStringList({finding.message, isOne ? QString() : objects.join(u'\n'),
                                  finding.evidence.join(u'\n'), finding.remedy})
                         .join(u'\n')
                         .trimmed()
                         .toHtmlEscaped());
    return item;
}

} // namespace

void OverviewPage::showFindings(QList<models::Finding> findings)
{
    findings.removeIf([](const models::Finding &finding) { return finding.severity < Severity::Unknown; });
    std::stable_sort(findings.begin(), findings.end(),
                     [](const auto &a, const auto &b) { return a.severity > b.severity; });
    int errors = 0;
    int warnings = 0;
    for (const models::Finding &finding : std::as_const(findings)) {
        errors += finding.severity == Severity::Error;
        warnings += finding.severity == Severity::Warning;
    }
    const QString current = m_findingList->currentIndex().data(LineDelegate::TargetRole).toString();
    const bool isAtTop = m_findingList->verticalScrollBar()->value() == 0;
    m_findings->clear();
    constexpr qsizetype Most = 200; // the worst; the dock Problems has all, and can filter
    for (const FindingGroup &group : groupedFindings(findings).mid(0, Most)) {
        QStandardItem *item = lineOf(group);
        m_findings->appendRow(item);
        if (!current.isEmpty() && item->data(LineDelegate::TargetRole).toString() == current)
            m_findingList->setCurrentIndex(item->index());
    }
    if (isAtTop) // and nobody has scrolled: what is new and bad is in sight
        m_findingList->scrollToTop();
    m_attention->setText(findings.isEmpty() ? tr("Needs attention")
                                            : tr("Needs attention (%1)").arg(findings.size()));
    showList(*m_findingList, *m_nothing, !findings.isEmpty());
    m_content->arrange();
    const int bad = errors > 0 ? errors : warnings;
    Q_EMIT badgeChanged(bad > 0 ? QString::number(bad) : QString(),
                        errors > 0         ? std::optional(Severity::Error)
                            : warnings > 0 ? std::optional(Severity::Warning)
                                           : std::nullopt);
}

void OverviewPage::setRecentChanges(const QList<models::JournalRow> &newestFirst)
{
    const QVariant current = m_changeList->currentIndex().data(LineDelegate::TargetRole);
    m_changes->clear();
    m_recent = newestFirst;
    for (const models::JournalRow &row : newestFirst) {
        const models::JournalEntry &entry = row.entry;
        auto *item = new QStandardItem(entry.title.isEmpty() ? entry.change.subject().text() : entry.title);
        item->setData(int(row.isObserved() || entry.reverted ? Severity::Info
                              : !entry.settled               ? Severity::Unknown
                              : entry.succeeded              ? Severity::Good
                                                             : Severity::Error),
                      LineDelegate::SeverityRole);
        item->setData(row.key, LineDelegate::TargetRole);
        item->setToolTip(exactText(entry.at));
        m_changes->appendRow(item);
        if (row.key == current.toString()) // others' changes come while somebody walks through the list
            m_changeList->setCurrentIndex(item->index());
    }
    refreshAges();
    showList(*m_changeList, *m_noChanges, !newestFirst.isEmpty());
}

void OverviewPage::refreshAges()
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    if (m_takenAt.isValid()) // while the watches live, what was read then is what is there now
        setFacts(isLive() ? tr("as of %1, live").arg(exactText(m_takenAt))
                          : tr("as of %1, %2").arg(exactText(m_takenAt), agoText(m_takenAt, now)));
    for (int i = 0; i < m_recent.size() && i < m_changes->rowCount(); ++i) {
        const models::JournalEntry &entry = m_recent[i].entry;
        const QString object = entry.change.subject().text();
        const QString ago = agoText(entry.at, now);
        m_changes->item(i)->setData(object.isEmpty() ? ago : tr("%1 · %2").arg(object, ago),
                                    LineDelegate::SideRole);
    }
}

// Of the card with its head and its lines, five at most: the others are scrolled.
int OverviewPage::attentionHeight() const
{
    constexpr int Most = 5;
    const QWidget &card = *m_findingList->parentWidget();
    const QMargins margins = card.layout()->contentsMargins();
    const int lines = std::min(Most, m_findings->rowCount());
    const int words = lines > 0 ? lines * m_findingList->sizeHintForRow(0) : m_nothing->sizeHint().height();
    return margins.top() + m_attention->sizeHint().height() + card.layout()->spacing() + words
        + margins.bottom();
}

void OverviewPage::openFinding(const QModelIndex &index)
{
    const QString page = index.data(LineDelegate::PageRole).toString();
    const QString target = index.data(LineDelegate::TargetRole).toString();
    if (page.isEmpty())
        Q_EMIT problemsRequested(target);
    else
        Q_EMIT pageRequested(page, target);
}

QList<QWidget *> OverviewPage::panes() const { return {m_findingList, m_changeList}; }

} // namespace ui
