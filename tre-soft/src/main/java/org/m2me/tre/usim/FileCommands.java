// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.util.Optional;

/** Commands on files (TS 102 221 11.1.1 to 11.1.7). */
final class FileCommands {
    private static final int BY_FID = 0x00;
    private static final int BY_AID = 0x04;
    private static final int BY_PATH_FROM_MF = 0x08;
    private static final int BY_PATH_FROM_HERE = 0x09;
    private static final int RETURN_FCP = 0x04;
    private static final int RETURN_ANY = 0x00;
    private static final int RETURN_NOTHING = 0x0C;
    private static final int FID_LENGTH = 2;

    private static final int STATUS_FCP = 0x00;
    private static final int STATUS_NAME = 0x01;
    private static final int STATUS_NOTHING = 0x0C;

    private static final int SFI_IN_P1 = 0x80;
    private static final int SFI_MASK = 0x1F;
    private static final int SFI_SHIFT_IN_P2 = 3;
    private static final int RECORD_MODE_MASK = 0x07;
    private static final int RECORD_NEXT = 0x02;
    private static final int RECORD_PREVIOUS = 0x03;
    private static final int RECORD_ABSOLUTE = 0x04;

    private final CardFiles files;

    FileCommands(CardFiles files) {
        this.files = files;
    }

    Answer select(Apdu apdu, Channel channel) {
        if (apdu.p2() != RETURN_FCP && apdu.p2() != RETURN_ANY && apdu.p2() != RETURN_NOTHING) {
            return Answer.status(StatusWord.WRONG_PARAMETERS);
        }
        byte[] data = apdu.data().bytes();
        Optional<byte[]> fcp = switch (apdu.p1()) {
            case BY_FID -> data.length == FID_LENGTH ? walk(channel, channel.directory(), data) : noFile();
            case BY_AID -> CardFiles.isUsim(data) ? enter(channel, CardFiles.CURRENT_APPLICATION) : noFile();
            case BY_PATH_FROM_MF -> walk(channel, CardFiles.MF, data);
            case BY_PATH_FROM_HERE -> walk(channel, channel.directory(), data);
            default -> noFile();
        };
        if (fcp.isEmpty()) {
            return Answer.status(StatusWord.FILE_NOT_FOUND);
        }
        return apdu.p2() == RETURN_NOTHING ? Answer.status(StatusWord.OK) : Answer.later(fcp.get());
    }

    private static Optional<byte[]> noFile() {
        return Optional.empty();
    }

    private static Optional<byte[]> enter(Channel channel, int directory) {
        channel.enter(directory);
        return Optional.of(CardFiles.fcp(directory));
    }

    /** Follows file identifiers; the selection changes only if all of them lead somewhere. */
    private Optional<byte[]> walk(Channel channel, int from, byte[] path) {
        if (path.length == 0 || path.length % FID_LENGTH != 0) {
            return noFile();
        }
        int directory = from;
        for (int i = 0; i < path.length; i += FID_LENGTH) {
            int fid = Byte.toUnsignedInt(path[i]) << 8 | Byte.toUnsignedInt(path[i + 1]);
            boolean last = i + FID_LENGTH == path.length;
            if (fid == CardFiles.MF || (fid == CardFiles.CURRENT_APPLICATION && channel.isUsimSelected())) {
                directory = fid;
            } else {
                Optional<ElementaryFile> file = last ? files.file(directory, fid) : Optional.empty();
                int in = directory;
                file.ifPresent(found -> channel.select(in, found));
                return file.map(ElementaryFile::fcp);
            }
        }
        return enter(channel, directory);
    }

    Answer status(Apdu apdu, Channel channel) {
        byte[] data = switch (apdu.p2()) {
            case STATUS_FCP -> CardFiles.fcp(channel.directory());
            case STATUS_NAME -> channel.directory() == CardFiles.MF ? new byte[0] : CardFiles.name();
            default -> new byte[0];
        };
        if (apdu.p2() != STATUS_FCP && apdu.p2() != STATUS_NAME && apdu.p2() != STATUS_NOTHING) {
            return Answer.status(StatusWord.WRONG_PARAMETERS);
        }
        return data.length == 0 ? Answer.status(StatusWord.OK) : Answer.exactly(data, apdu.wanted());
    }

    Answer readBinary(Apdu apdu, Channel channel) {
        Optional<ElementaryFile> found = transparent(apdu, channel);
        if (found.isEmpty()) {
            return Answer.status(noTransparent(apdu, channel));
        }
        int offset = offset(apdu);
        int rest = found.get().size() - offset;
        if (rest <= 0) {
            return Answer.status(StatusWord.WRONG_OFFSET);
        }
        int wanted = apdu.wanted();
        return wanted == 0 || wanted > rest
                ? Answer.rightLength(Math.min(rest, Apdu.ANSWER_MAX))
                : Answer.now(found.get().read(offset, wanted));
    }

    Answer updateBinary(Apdu apdu, Channel channel) {
        Optional<ElementaryFile> found = transparent(apdu, channel);
        if (found.isEmpty()) {
            return Answer.status(noTransparent(apdu, channel));
        }
        ElementaryFile file = found.get();
        byte[] data = apdu.data().bytes();
        if (!file.isUpdatable()) {
            return Answer.status(StatusWord.SECURITY_STATUS);
        }
        if (data.length == 0) {
            return Answer.status(StatusWord.WRONG_LENGTH);
        }
        if (offset(apdu) + data.length > file.size()) {
            return Answer.status(StatusWord.WRONG_OFFSET);
        }
        file.update(offset(apdu), data);
        return Answer.status(StatusWord.OK);
    }

    private Optional<ElementaryFile> transparent(Apdu apdu, Channel channel) {
        return named(apdu, channel).filter(ElementaryFile::isTransparent);
    }

    // A short identifier selects the file as well (TS 102 221 8.4.2).
    private Optional<ElementaryFile> named(Apdu apdu, Channel channel) {
        if ((apdu.p1() & SFI_IN_P1) == 0) {
            return channel.file(files);
        }
        Optional<ElementaryFile> file = files.bySfi(channel.directory(), apdu.p1() & SFI_MASK);
        file.ifPresent(found -> channel.select(channel.directory(), found));
        return file;
    }

    private int noTransparent(Apdu apdu, Channel channel) {
        if (named(apdu, channel).isPresent()) {
            return StatusWord.WRONG_STRUCTURE;
        }
        return (apdu.p1() & SFI_IN_P1) == 0 ? StatusWord.NO_FILE_SELECTED : StatusWord.FILE_NOT_FOUND;
    }

    private static int offset(Apdu apdu) {
        return (apdu.p1() & SFI_IN_P1) == 0 ? apdu.p1() << 8 | apdu.p2() : apdu.p2();
    }

    Answer readRecord(Apdu apdu, Channel channel) {
        int sfi = apdu.p2() >> SFI_SHIFT_IN_P2;
        if (sfi != 0) {
            Optional<ElementaryFile> named = files.bySfi(channel.directory(), sfi);
            if (named.isEmpty()) {
                return Answer.status(StatusWord.FILE_NOT_FOUND);
            }
            channel.select(channel.directory(), named.get());
        }
        Optional<ElementaryFile> found = channel.file(files);
        if (found.isEmpty()) {
            return Answer.status(StatusWord.NO_FILE_SELECTED);
        }
        ElementaryFile file = found.get();
        if (file.isTransparent()) {
            return Answer.status(StatusWord.WRONG_STRUCTURE);
        }
        return readRecord(apdu, channel, file);
    }

    private static Answer readRecord(Apdu apdu, Channel channel, ElementaryFile file) {
        int mode = apdu.p2() & RECORD_MODE_MASK;
        int count = file.recordCount();
        int current = channel.record();
        int number = switch (mode) {
            case RECORD_NEXT -> current + 1;
            case RECORD_PREVIOUS -> current == 0 ? count : current - 1;
            default -> apdu.p1() == 0 ? current : apdu.p1();
        };
        if (mode != RECORD_ABSOLUTE && mode != RECORD_NEXT && mode != RECORD_PREVIOUS) {
            return Answer.status(StatusWord.WRONG_PARAMETERS);
        }
        if (number < 1 || number > count) {
            return Answer.status(StatusWord.RECORD_NOT_FOUND);
        }
        byte[] record = file.read((number - 1) * file.recordLength(), file.recordLength());
        Answer answer = Answer.exactly(record, apdu.wanted());
        if (mode != RECORD_ABSOLUTE && answer.status() == StatusWord.OK) {
            channel.moveTo(number);
        }
        return answer;
    }
}
