// Check reads a published log with the packages of the Go project alone: an implementation of notes, trees and tiles
// that shares nothing with ours. It is called with the log's public key, which it takes from nowhere else.
//
//	check log VKEY FOLDER [INDEX ...]   opens the checkpoint, reads every entry and every hash through authenticated
//	                                    tiles, and proves the inclusion of the entries named (without any: of all)
//	check proof VKEY FILE               checks a .tlog-proof that carries its entry
//	check growth VKEY FOLDER OLD        proves that the log continues the earlier checkpoint in the file OLD
//
// It prints one line and exits with 0, or says on standard error what is wrong and exits with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const width = 1 << height

func main() {
	said, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(said)
}

func run(args []string) (string, error) {
	if len(args) < 3 {
		return "", errors.New("usage: check log|proof|growth VKEY FOLDER|FILE ...")
	}
	key, err := note.NewVerifier(args[1])
	if err != nil {
		return "", err
	}
	switch {
	case args[0] == "log":
		return checkLog(key, args[2], args[3:])
	case args[0] == "proof":
		return checkProof(key, args[2])
	case args[0] == "growth" && len(args) == 4:
		return checkGrowth(key, args[2], args[3])
	}
	return "", fmt.Errorf("no command %q with %d arguments", args[0], len(args)-1)
}

// open checks the signature of a checkpoint and reads its three lines; x/mod has a parser for its own log only.
func open(key note.Verifier, data []byte) (tlog.Tree, error) {
	var tree tlog.Tree
	opened, err := note.Open(data, note.VerifierList(key))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() || lines[3] != "" {
		return tree, fmt.Errorf("not a checkpoint of %s: %q", key.Name(), opened.Text)
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || tree.N < 0 || strconv.FormatInt(tree.N, 10) != lines[1] {
		return tree, fmt.Errorf("not a size: %q", lines[1])
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func openFile(key note.Verifier, path string) (tlog.Tree, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	return open(key, data)
}

// folder reads tiles as they are served: c2sp.org/tlog-tiles leaves out the height that Tile.Path names.
type folder string

func (f folder) Height() int { return height }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes for %d hashes", path, len(data), tile.W)
		}
		found = append(found, data)
	}
	return found, nil
}

// bundle reads the entries under one tile of level 0.
func (f folder) bundle(index int64, count int) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: 0, N: index, W: count}
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", height), "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(string(f), path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut off in entry %d", path, len(entries))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != count {
		return nil, fmt.Errorf("%s has %d entries, not %d", path, len(entries), count)
	}
	return entries, nil
}

func checkLog(key note.Verifier, name string, wanted []string) (string, error) {
	tree, err := openFile(key, filepath.Join(name, "checkpoint"))
	if err != nil {
		return "", err
	}
	files := folder(name)
	hashes := tlog.TileHashReader(tree, files)
	leaves := make([]tlog.Hash, 0, tree.N)
	for first := int64(0); first < tree.N; first += width {
		count := width
		if tree.N-first < width {
			count = int(tree.N - first)
		}
		entries, err := files.bundle(first/width, count)
		if err != nil {
			return "", err
		}
		var places []int64
		for offset := range entries {
			places = append(places, tlog.StoredHashIndex(0, first+int64(offset)))
		}
		// What this reader returns has been shown to lead to the signed root.
		known, err := hashes.ReadHashes(places)
		if err != nil {
			return "", fmt.Errorf("tile over entry %d: %w", first, err)
		}
		for offset, entry := range entries {
			leaf := tlog.RecordHash(entry)
			if leaf != known[offset] {
				return "", fmt.Errorf("entry %d is not the one that was signed", first+int64(offset))
			}
			leaves = append(leaves, leaf)
		}
	}
	if err := rebuild(tree, leaves); err != nil {
		return "", err
	}
	indexes, err := which(wanted, tree.N)
	if err != nil {
		return "", err
	}
	for _, index := range indexes {
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return "", fmt.Errorf("entry %d: %w", index, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaves[index]); err != nil {
			return "", fmt.Errorf("entry %d: %w", index, err)
		}
	}
	return fmt.Sprintf("%d entries, %d proofs", tree.N, len(indexes)), nil
}

// rebuild computes the root from the leaves alone, without any tile.
func rebuild(tree tlog.Tree, leaves []tlog.Hash) error {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(n), leaf, reader)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the entries give the root %v, signed was %v", root, tree.Hash)
	}
	return nil
}

func which(wanted []string, size int64) ([]int64, error) {
	var indexes []int64
	for _, text := range wanted {
		index, err := strconv.ParseInt(text, 10, 64)
		if err != nil || index < 0 || index >= size {
			return nil, fmt.Errorf("there is no entry %q", text)
		}
		indexes = append(indexes, index)
	}
	for index := int64(0); len(wanted) == 0 && index < size; index++ {
		indexes = append(indexes, index)
	}
	return indexes, nil
}

func checkProof(key note.Verifier, path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	above, checkpoint, found := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(above), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("not a proof")
	}
	tree, err := open(key, checkpoint)
	if err != nil {
		return "", err
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return "", err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return "", err
		}
		proof = append(proof, hash)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return "", err
	}
	return fmt.Sprintf("entry %d of %d", index, tree.N), nil
}

func checkGrowth(key note.Verifier, name, oldFile string) (string, error) {
	old, err := openFile(key, oldFile)
	if err != nil {
		return "", err
	}
	now, err := openFile(key, filepath.Join(name, "checkpoint"))
	if err != nil {
		return "", err
	}
	proof, err := tlog.ProveTree(now.N, old.N, tlog.TileHashReader(now, folder(name)))
	if err != nil {
		return "", err
	}
	if err := tlog.CheckTree(proof, now.N, now.Hash, old.N, old.Hash); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d continues %d", now.N, old.N), nil
}
