// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview_page.h"

#include "models/analysis/edge_view.h"
#include "models/resources/free_elsewhere.h"
#include "models/resources/snapshot.h"
#include "ui/card.h"
#include "ui/count_text.h"
#include "ui/fact_list.h"
#include "ui/finding_groups.h"
#include "ui/finding_place.h"
#include "ui/line_delegate.h"
#include "ui/namespace_scope.h"
#include "ui/reflow_box.h"
#include "ui/text_label.h"
#include "ui/time_text.h"
#include "ui/traffic_card.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QListView>
#include <QPushButton>
#include <QScrollBar>
#include <QStandardItemModel>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

using models::Severity;

namespace {

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
    explicit Content(OverviewPage &page)
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
    bool event(QEvent *event) override
    {
        const bool isTaken = QWidget::event(event);
        if (event->type() == QEvent::LayoutRequest) // cards have become higher
            m_page.fitBody();
        return isTaken;
    }

private:
    OverviewPage &m_page;
    const QLayout *m_cards = nullptr;
    QList<QWidget *> m_spare;
};

OverviewPage::OverviewPage(QWidget *parent)
    : PageFrame(u"overview"_s, tr("Overview"), parent)
    , m_recount(new QTimer(this))
    , m_findings(new QStandardItemModel(this))
    , m_changes(new QStandardItemModel(this))
{
    setContent(buildContent());
    m_recount->setSingleShot(true);
    m_digesting.setMaxThreadCount(1);
    m_recount->setInterval(1000);
    connect(m_recount, &QTimer::timeout, this, [this] {
        if (m_has)
            showCards();
    });
}

QWidget *OverviewPage::buildContent()
{
    auto *content = new Content(*this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(scaled(Measure::PageMargin), scaled(4), scaled(Measure::PageMargin),
                               scaled(Measure::CardPadding));
    column->setSpacing(scaled(Measure::WideGap));
    auto *cards = m_cards = new ReflowBox(660);
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
    m_recentHead = new TextLabel(Type::Section, tr("Recent changes"), recent);
    m_recentHead->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_noChanges->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    recent->body()->addWidget(m_recentHead);
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

struct OverviewPage::Kept // the lists are shared, so a copy costs little
{
    models::Snapshot snapshot;
    std::optional<models::EdgeView> view;
    OverviewFacts facts;
};

OverviewPage::~OverviewPage() { m_digesting.waitForDone(); }

void OverviewPage::setMappings(const models::TableModel<models::MappingRow> &mappings)
{
    m_mappings = new models::MappingCounts(mappings, this);
    connect(&mappings, &models::TableModelBase::batchApplied, this, [this] {
        if (m_has && !m_recount->isActive())
            m_recount->start();
    });
}

void OverviewPage::setAnalysis(const OverviewFacts &facts)
{
    m_has = facts.snapshot != nullptr;
    models::freeElsewhere(std::move(m_kept));
    if (m_has) {
        m_kept = std::make_unique<Kept>();
        m_kept->snapshot = *facts.snapshot;
        m_kept->facts = facts;
        m_kept->facts.snapshot = &m_kept->snapshot;
        if (facts.view) {
            m_kept->view = *facts.view;
            m_kept->facts.view = &*m_kept->view;
        }
        showAnalysis();
    }
    updateState();
}

void OverviewPage::setNamespaces(const QStringList &names)
{
    m_namespaces = names;
    m_traffic->setScoped(!names.isEmpty());
    m_recentHead->setText(names.isEmpty() ? tr("Recent changes")
                                          : tr("Recent changes in %1").arg(namespacesText(names)));
    if (m_has)
        showAnalysis();
}

void OverviewPage::showAnalysis()
{
    m_kept->facts.namespaces = m_namespaces;
    m_takenAt = m_kept->snapshot.takenAt;
    refreshAges();
    showCards();
    showFindings();
}

void OverviewPage::setTraffic(const TrafficSummary &summary) { m_traffic->show(summary); }

void OverviewPage::forgetTraffic() { m_traffic->forget(); }

void OverviewPage::forget()
{
    m_has = false;
    ++m_asked;
    models::freeElsewhere(std::move(m_kept));
    m_traffic->forget();
    m_takenAt = {};
    m_findings->clear();
    Q_EMIT badgeChanged({}, std::nullopt);
    PageFrame::forget();
}

void OverviewPage::showCards()
{
    OverviewFacts &facts = m_kept->facts;
    if (m_mappings)
        facts.mappings =
            m_mappings->sumOf([this](const QString &name) { return isInScope(m_namespaces, name); }).tally;
    m_edge->setFacts(edgeFacts(facts));
    m_mesh->setFacts(meshFacts(facts));
    m_certificates->setFacts(certificateFacts(facts));
}

void OverviewPage::showNothing()
{
    QString text = nothingFoundText(m_kept->snapshot);
    if (m_elsewhere > 0)
        text = tr("Nothing in %1; %2 in other namespaces.")
                   .arg(namespacesText(m_namespaces), countText(m_elsewhere, tr("finding"), tr("findings")));
    m_nothing->setText(text);
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
                         .trimmed());
    return item;
}

} // namespace

void OverviewPage::showFindings()
{
    constexpr qsizetype AtOnce = 500;
    const QList<models::Finding> &findings = m_kept->facts.findings;
    const quint64 asked = ++m_asked;
    if (findings.size() <= AtOnce)
        return showDigest(digestOf(findings, m_namespaces));
    m_digesting.clear();
    m_digesting.start([this, asked, findings, namespaces = m_namespaces] {
        QMetaObject::invokeMethod(
            this,
            [this, asked, digest = digestOf(findings, namespaces)]() mutable {
                if (asked == m_asked)
                    showDigest(digest);
                models::freeElsewhere(std::move(digest));
            },
            Qt::QueuedConnection);
    });
}

void OverviewPage::showDigest(const FindingDigest &digest)
{
    m_elsewhere = int(digest.elsewhere);
    const QString current = m_findingList->currentIndex().data(LineDelegate::TargetRole).toString();
    const bool isAtTop = m_findingList->verticalScrollBar()->value() == 0;
    m_findings->clear();
    constexpr qsizetype Most = 200; // the worst; the dock Problems has all, and can filter
    for (const FindingGroup &group : digest.groups.mid(0, Most)) {
        QStandardItem *item = lineOf(group);
        m_findings->appendRow(item);
        if (!current.isEmpty() && item->data(LineDelegate::TargetRole).toString() == current)
            m_findingList->setCurrentIndex(item->index());
    }
    if (isAtTop) // and nobody has scrolled: what is new and bad is in sight
        m_findingList->scrollToTop();
    const QString where = m_namespaces.isEmpty() ? QString() : tr(" in %1").arg(namespacesText(m_namespaces));
    QString head = tr("Needs attention") + where;
    if (digest.count > 0)
        head += u" (%1)"_s.arg(QLocale().toString(digest.count));
    if (digest.count > 0 && m_elsewhere > 0)
        head += tr(" · %1 more in other namespaces").arg(QLocale().toString(m_elsewhere));
    m_attention->setText(head);
    showNothing();
    showList(*m_findingList, *m_nothing, digest.count > 0);
    m_content->arrange();
    const int bad = digest.errors > 0 ? digest.errors : digest.warnings;
    Q_EMIT badgeChanged(bad > 0 ? QLocale().toString(bad) : QString(),
                        digest.errors > 0         ? std::optional(Severity::Error)
                            : digest.warnings > 0 ? std::optional(Severity::Warning)
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
        setFacts((isLive() ? tr("as of %1, live").arg(exactText(m_takenAt))
                           : tr("as of %1, %2").arg(exactText(m_takenAt), agoText(m_takenAt, now)))
                 + (m_namespaces.isEmpty() ? QString()
                                           : tr(" · counts %1 only").arg(namespacesText(m_namespaces))));
    for (int i = 0; i < m_recent.size() && i < m_changes->rowCount(); ++i) {
        const models::JournalEntry &entry = m_recent[i].entry;
        const QString object = entry.change.subject().text();
        const QString ago = agoText(entry.at, now);
        m_changes->item(i)->setData(object.isEmpty() ? ago : tr("%1 · %2").arg(object, ago),
                                    LineDelegate::SideRole);
    }
}

// Where the cards stand below each other they are scrolled, all of them.
int OverviewPage::leastHeight() const
{
    constexpr int InARow = 420;
    const QLayout &column = *m_content->layout();
    const QMargins margins = column.contentsMargins();
    const int width = bodyWidth() - margins.left() - margins.right();
    if (m_cards->isRowAt(width))
        return InARow;
    const int pixels = margins.top() + attentionHeight() + column.spacing() + m_cards->leastHeightAt(width)
        + column.spacing() + margins.bottom();
    return (pixels * 100 + scaled(100) - 1) / scaled(100);
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
