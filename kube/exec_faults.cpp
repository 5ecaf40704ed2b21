// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/exec_faults.h"

#include <QFile>
#include <QFileInfo>
#include <QSysInfo>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr qint64 HeadSize = 256; // Linux reads as much of a script's first line
constexpr qsizetype ElfMachineEnd = 20;

QByteArray headOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.read(HeadSize) : QByteArray();
}

// Of an executable of any system that is at home on desktops.
bool isBinary(const QByteArray &head)
{
    for (const char *magic : {"\x7f"
                              "ELF",
                              "MZ", "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\xca\xfe\xba\xbe"}) {
        if (head.startsWith(magic))
            return true;
    }
    return false;
}

// Word length, byte order and processor are those of what runs already: then it is the loader that is missing.  Known of Linux only.
bool isOfThisMachine(const QByteArray &head)
{
    const QByteArray own = headOf(u"/proc/self/exe"_s);
    return own.size() >= ElfMachineEnd && head.size() >= ElfMachineEnd && head.first(6) == own.first(6)
        && head.sliced(18, 2) == own.sliced(18, 2);
}

QString thisMachine() { return u"%1, %2"_s.arg(QSysInfo::kernelType(), QSysInfo::currentCpuArchitecture()); }

QString whyNoScript(const QByteArray &head, const QString &systemWords)
{
    const QByteArray line = head.sliced(2, qMax(head.indexOf('\n'), qsizetype(2)) - 2);
    if (line.endsWith('\r'))
        return u"cannot be started: its first line ends as Windows writes lines, which belongs to the interpreter's name here; save the file with Unix line ends"_s;
    const QString interpreter =
        QString::fromLocal8Bit(line.trimmed()).section(u' ', 0, 0).section(u'\t', 0, 0);
    const QFileInfo there(interpreter);
    if (interpreter.isEmpty())
        return u"cannot be started: its first line names no interpreter; write one behind the #!, /bin/sh for one"_s;
    if (!there.exists())
        return u"cannot be started: “%1”, which its first line wants to run it, is not installed; install that, or correct the line"_s
            .arg(interpreter);
    if (there.isDir() || !there.isExecutable())
        return u"cannot be started: “%1”, which its first line wants to run it, is %2; correct the line"_s
            .arg(interpreter, there.isDir() ? u"a folder"_s : u"not executable"_s);
    return u"cannot be started: %1"_s.arg(systemWords);
}

} // namespace

QString whyNotStarted(const QString &program, const QString &systemWords)
{
    const QByteArray head = headOf(program);
    const bool isLinux = QSysInfo::kernelType() == u"linux"_s;
    if (!isLinux && isBinary(head))
        return u"cannot be started: %1"_s.arg(systemWords);
    if (head.startsWith("#!"))
        return whyNoScript(head, systemWords);
    if (isOfThisMachine(head))
        return u"cannot be started: %1; it may be built for another C library than this system has, or lie where nothing may be executed (noexec): install the build for this system"_s
            .arg(systemWords);
    if (isBinary(head))
        return u"is built for another system or processor than this one (%1); install the one for it"_s.arg(
            thisMachine());
    if (QFileInfo(program).size() == 0)
        return u"is an empty file; install it again"_s;
    if (!head.isEmpty())
        return u"is neither a program of this system (%1) nor a script whose first line names its interpreter, such as #!/bin/sh; add that line, or install it again"_s
            .arg(thisMachine());
    return u"cannot be started: %1"_s.arg(systemWords);
}

} // namespace kube
